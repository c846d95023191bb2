import type { Call } from '../call.ts'
import { conditional } from '../etag.ts'
import { Problem } from '../problem.ts'
import { encodeBundle } from '../revision/bundle.ts'
import type { Adopted } from './holding.ts'

/** The snapshot of every flag, for servers that evaluate by themselves. */
export function edge(call: Call): Promise<Response> {
  // What one server may read is not for caches between.
  return snapshot(call, 'edge', 'private, no-cache')
}

/** The snapshot of the flags that clients may evaluate themselves. */
export function client(call: Call): Promise<Response> {
  return snapshot(call, 'client', 'public, no-cache')
}

/** All documents of this moment in one piece, to be deployed with a worker or kept. */
export async function bundle(call: Call): Promise<Response> {
  const { edge } = call.services
  await edge.ready(call.waitUntil)
  const { held } = edge
  if (held === undefined) throw nothingPublished()
  return conditional(call.request, encodeBundle(held.bundle), `"${held.issued}"`, {
    'content-type': 'application/octet-stream',
    'cache-control': 'private, no-cache',
    'fader-revision': String(held.revision),
  })
}

/** May be kept, and must be asked for again each time: that costs a 304, which has the signature as it is then. */
async function snapshot(call: Call, of: keyof Pick<Adopted, 'edge' | 'client'>, caching: string): Promise<Response> {
  const { edge } = call.services
  await edge.ready(call.waitUntil)
  const { adopted } = edge.standing
  if (adopted === undefined) throw nothingPublished()
  const { bytes, etag, statement } = adopted[of]
  return conditional(call.request, bytes, etag, {
    'content-type': 'application/octet-stream',
    'cache-control': caching,
    'fader-revision': String(adopted.revision),
    'fader-signature': statement,
  })
}

function nothingPublished(): Problem {
  return new Problem('nothing-published', 'There is no snapshot before the first definition.')
}
