/** The least that an answer can cost: always the same bytes. */
export default {
  async fetch(_request, env) {
    body ??= 'x'.repeat(Number(env.BYTES))
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  },
}

let body
