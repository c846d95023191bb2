import { Problem } from '../problem.ts'

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json *(?:;|$)/i

/**
 * Throws when a change is asked for by a page of somebody else, or in a form that any page could send.
 *
 * Admin routes look at no cookie, so such a page has nothing to act with; this holds even if one day they did.
 */
export function refuseCrossSite(request: Request): void {
  const origin = request.headers.get('origin')
  const isForeign = origin !== null && origin !== new URL(request.url).origin
  if (isForeign || request.headers.get('sec-fetch-site') === 'cross-site') {
    throw new Problem('cross-site', "Only this worker's own pages and programs may change anything.")
  }
  // Some servers hand on an empty body with a DELETE, which no form can send anyway.
  if (
    request.body !== null &&
    request.method !== 'DELETE' &&
    !JSON_TYPE.test(request.headers.get('content-type') ?? '')
  ) {
    throw new Problem('type-unsupported', 'Send the body as `Content-Type: application/json`.')
  }
}
