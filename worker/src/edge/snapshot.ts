import type { Call } from '../call.ts'
import { conditional } from '../etag.ts'
import { Problem } from '../problem.ts'

/** The snapshot of the flags that clients may evaluate themselves. */
export async function client(call: Call): Promise<Response> {
  const { edge } = call.services
  await edge.ready(call.waitUntil)
  const { adopted } = edge.standing
  if (adopted === undefined) throw new Problem('nothing-published', 'There is no snapshot before the first definition.')
  const { bytes, etag, statement } = adopted.client
  return conditional(call.request, bytes, etag, {
    'content-type': 'application/octet-stream',
    // May be kept, and must be asked for again each time: that costs a 304.
    'cache-control': 'public, no-cache',
    'fader-revision': String(adopted.revision),
    'fader-signature': statement,
  })
}
