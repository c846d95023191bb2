import type { Call } from '../call.ts'
import { EXPOSITION_TYPE } from './exposition.ts'

/** `GET /metrics`: what this isolate has measured. Another request may reach another isolate. */
export function scrape(call: Call): Response {
  const { edge, metrics, answers } = call.services
  metrics.set('revision', {}, edge.revision ?? 0)
  metrics.set('stale', {}, edge.stale ? 1 : 0)
  if (edge.unconfirmedMs !== undefined) metrics.set('staleness_seconds', {}, edge.unconfirmedMs / 1000)
  for (const [why, count] of answers.counted()) {
    metrics.add('evaluations', { by: 'ofrep', outcome: why.toLowerCase() }, count)
  }
  for (const [event, count] of Object.entries(edge.counters)) metrics.set('refreshes', { event }, count)
  return new Response(metrics.expose(), { headers: { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } })
}
