import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'

/**
 * The entries of the audit log that follow one, each on a line and to the letter, because hashes are taken of them. An
 * empty page is the end.
 */
export async function page(call: Call): Promise<Response> {
  const after = new URL(call.request.url).searchParams.get('after') ?? '0'
  if (!/^(?:0|[1-9]\d{0,14})$/.test(after)) {
    throw new Problem('bad-request', '`after` takes the number of an entry, such as `?after=42`.')
  }
  const texts = await call.services.store().audit(Number(after))
  return new Response(texts.map((text) => `${text}\n`).join(''), {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  })
}

/** How long the log is and the hash of its last entry, as the bytes that `Fader-Signature` signs. */
export async function head(call: Call): Promise<Response> {
  const signed = await call.services.store().auditHead()
  if (signed === null) throw new Problem('nothing-published', 'Nothing was done yet.')
  return new Response(signed.bytes, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'fader-signature': signed.statement },
  })
}
