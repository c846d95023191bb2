import type { Outcome } from 'fader'
import type { Call } from '../call.ts'

/** What the flags were evaluated for. */
export type EvaluatedBy = 'ofrep' | 'traffic' | 'page'

/** Counts the outcomes that a request was given, and notes them for whoever collects events. */
export function evaluated(call: Call, by: EvaluatedBy, outcomes: readonly Outcome[]): void {
  const { metrics, events, edge } = call.services
  const counts: Record<string, number> = {}
  for (const { reason, errorCode = reason } of outcomes) counts[errorCode] = (counts[errorCode] ?? 0) + 1
  for (const [outcome, count] of Object.entries(counts)) {
    metrics.add('evaluations', { by, outcome: outcome.toLowerCase() }, count)
  }
  events.add(call.observation, () => outcomes, edge.revision ?? 0)
}
