import type { Caller } from './token.ts'

/** What a page of another origin may send, and may read of the answer. */
const ALLOWED_HEADERS = 'content-type, content-encoding, if-none-match, authorization, x-api-key, last-event-id'
const EXPOSED_HEADERS = 'ETag, Retry-After, Fader-Revision, Fader-Signature'

/** Lets pages of every origin read an answer. */
export const SHARED_WITH_ALL = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED_HEADERS,
}

/**
 * The headers that let pages of other origins read an answer: pages of every origin, or, where the caller's token is
 * bound to origins, those of the one that asked. No cookie is ever looked at, so there is nothing to steal with it.
 */
export function sharingFor(caller: Caller | undefined, request: Request): Readonly<Record<string, string>> {
  if (caller?.kind !== 'client' || caller.entry.origins === undefined) return SHARED_WITH_ALL
  const origin = request.headers.get('origin')
  // Caches must not give one page the answer that names another.
  if (origin === null) return { vary: 'Origin' }
  return { ...SHARED_WITH_ALL, 'access-control-allow-origin': origin, vary: 'Origin' }
}

/** Answers a browser that asks before it sends. It sends no token then, so every page is told that it may try. */
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
