/** What a page of another origin may send, and may read of the answer. */
const ALLOWED_HEADERS = 'content-type, if-none-match, authorization, x-api-key'
const EXPOSED_HEADERS = 'ETag, Retry-After, Fader-Revision'

/** Lets pages of every origin read the answer. No cookie is ever looked at, so there is nothing to steal with it. */
export function shareWithAnyOrigin(headers: Headers): void {
  headers.set('access-control-allow-origin', '*')
  headers.set('access-control-expose-headers', EXPOSED_HEADERS)
}

/** Answers a browser that asks before it sends. */
export function preflight(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      allow: methods.join(', '),
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': '7200',
    },
  })
}
