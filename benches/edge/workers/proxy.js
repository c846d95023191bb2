/** Forwards every request to an origin, and does nothing else. */
export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url)
    return fetch(new Request(env.ORIGIN + pathname + search, request))
  },
}
