/** What shared caches of the platform and before it are told, beside `Cache-Control`. */
const CACHES_OWN = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control', 'expires']

/** With any of these a shared cache may keep an answer. `private="name"` is of one header alone, and no `private`. */
const SHARING = /(?:^|[\s,])(?:public|s-maxage|max-age=["']?0*[1-9]|immutable|stale-while-revalidate|stale-if-error)/i
const KEEPING_OUT = /(?:^|[\s,])(?:private|no-store)(?=\s*(?:,|$))/i

/**
 * Makes sure that no shared cache keeps an answer, and gives false where the origin wants it kept: such an answer is
 * for everybody, and must say nothing to one visitor.
 */
export function keepPrivate(headers: Headers): boolean {
  const control = headers.get('cache-control') ?? ''
  if (SHARING.test(control) || CACHES_OWN.some((name) => headers.has(name))) return false
  // Where nothing is said, a cache may guess.
  if (!KEEPING_OUT.test(control)) headers.append('cache-control', 'private')
  return true
}

/** Turns an answer into one that is for one visitor and has just been changed, whatever the origin said of it. */
export function makePrivate(headers: Headers): void {
  const mayStay = !/(?:^|[\s,])no-store(?=\s*(?:,|$))/i.test(headers.get('cache-control') ?? '')
  headers.set('cache-control', mayStay ? 'private, no-cache' : 'private, no-store')
  for (const name of [...CACHES_OWN, ...OF_OTHER_BYTES]) headers.delete(name)
  const vary = headers.get('vary')?.toLowerCase().split(',') ?? []
  if (!vary.some((name) => ['cookie', '*'].includes(name.trim()))) headers.append('vary', 'Cookie')
}

/** What is no longer true of a page that something was put into. */
const OF_OTHER_BYTES = [
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'etag',
  'last-modified',
  'repr-digest',
]
