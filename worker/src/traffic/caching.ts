/** What caches of platforms are told in place of `Cache-Control`. */
const CACHES_OWN = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']

/** Whatever else is said, a shared cache may keep an answer that has one of these. */
const FOR_ALL = /(?:^|[\s,])(?:public|s-maxage)/i
/** No shared cache keeps an answer that has one of these. `private="name"` is of one header alone, and is not meant. */
const FOR_ONE = /(?:^|[\s,])(?:private|no-store)(?=\s*(?:,|$))/i
/** An answer that has one of these may be kept for a while. */
const FOR_A_WHILE = /(?:^|[\s,])(?:max-age=["']?0*[1-9]|immutable|stale-while-revalidate|stale-if-error)/i

/**
 * Makes sure that no shared cache keeps an answer, and gives false where the origin wants it kept: such an answer is
 * for everybody, and must say nothing to one visitor.
 */
export function keepPrivate(headers: Headers): boolean {
  const control = headers.get('cache-control') ?? ''
  if (FOR_ALL.test(control) || CACHES_OWN.some((name) => headers.has(name))) return false
  if (FOR_ONE.test(control)) return true
  if (FOR_A_WHILE.test(control) || headers.has('expires')) return false
  // Where nothing is said, a cache may guess.
  headers.append('cache-control', 'private')
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
  'expires',
  'last-modified',
  'repr-digest',
]
