import type { Outcome } from 'fader'
import type { Call } from '../call.ts'

/** What the flags were evaluated for. */
export type EvaluatedBy = 'ofrep' | 'traffic' | 'page'

/** Counts the outcomes that a request was given. */
export function evaluated(call: Call, by: EvaluatedBy, outcomes: readonly Outcome[]): void {
  const { metrics } = call.services
  const counts = new Map<string, number>()
  for (const { reason, errorCode } of outcomes) {
    const outcome = (errorCode ?? reason).toLowerCase()
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  for (const [outcome, count] of counts) metrics.add('evaluations', { by, outcome }, count)
}
