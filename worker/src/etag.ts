import { toHex } from './hex.ts'

/** One entity tag of a list: weak or strong, quoted or, as some clients of the flag protocol send it, bare. */
const TAG = /(?:W\/)?"([^"]*)"|([^\s,"]+)/g

/** A strong entity tag over exactly these bytes. 128 bits are enough to never meet the same twice. */
export async function strongEtag(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return `"${toHex(digest.subarray(0, 16))}"`
}

/** Whether an If-None-Match header names this tag. Weak comparison, as RFC 9110 asks for here. */
export function noneMatchNames(header: string | null, etag: string): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  const opaque = etag.slice(1, -1)
  return Array.from(header.matchAll(TAG)).some(([, quoted, bare]) => (quoted ?? bare) === opaque)
}

/** The revisions that an If-Match header names, or `any` for `*`. A weak tag never matches here, so it names none. */
export function revisionsNamed(header: string): readonly number[] | 'any' {
  if (header.trim() === '*') return 'any'
  return Array.from(header.matchAll(/(W\/)?"(\d{1,15})"/g)).flatMap(([, weak, digits]) =>
    weak === undefined ? [Number(digits)] : [],
  )
}

/** Answers with these bytes, or with 304 and none when the caller has them already. */
export function conditional(
  request: Request,
  bytes: Uint8Array,
  etag: string,
  headers: Record<string, string>,
): Response {
  if (noneMatchNames(request.headers.get('if-none-match'), etag)) {
    const { 'content-type': _, ...rest } = headers
    return new Response(null, { status: 304, headers: { ...rest, etag } })
  }
  return new Response(bytes, { headers: { ...headers, etag } })
}
