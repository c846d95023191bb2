import type { Metrics } from '../observe/metrics.ts'
import { type Choice, NONE } from './choose.ts'
import { statusClass } from './mirror.ts'
import type { Origin, TrafficRoute } from './table.ts'
import type { Answer } from './upstream.ts'

/** Who answered for a variant, what, and after how long. */
export interface Routed {
  readonly route: TrafficRoute
  readonly choice: Choice
  readonly origin: Origin
  readonly answer: Answer
  readonly tookMs: number
}

/** Counts a request for the variant that it got: these are the numbers that say whether a variant harms. */
export function record(metrics: Metrics, { route, choice, origin, answer, tookMs }: Routed): void {
  const { variant, arm } = choice
  const labels = { route: route.path, flag: route.flag ?? NONE, variant, arm, origin: origin.name }
  const status = answer.kind === 'answered' ? statusClass(answer.response.status) : answer.kind
  metrics.add('routing_requests', { ...labels, status })
  if (answer.kind !== 'spared') metrics.observe('routing_seconds', labels, tookMs / 1000)
}
