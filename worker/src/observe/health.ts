import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'

/** How this isolate is. 503 when it has nothing to answer from, so that a balancer may pass it by. */
export async function health(call: Call): Promise<Response> {
  const { edge, settings } = call.services
  const reached = await edge.ready(call.waitUntil).then(
    () => true,
    (cause: unknown) => {
      if (cause instanceof Problem) return false
      throw cause
    },
  )
  const full = edge.revision === undefined ? 'empty' : 'ok'
  const body = {
    status: reached ? full : 'unavailable',
    environment: settings.environment,
    revision: edge.revision ?? null,
    stale: edge.stale,
    refreshIntervalMs: settings.refreshIntervalMs,
    counters: edge.counters,
  }
  return Response.json(body, { status: reached ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
