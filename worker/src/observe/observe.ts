import type { Services } from '../call.ts'
import type { Observation } from './observation.ts'

/** Kinds of problems that say that somebody wanted too much. */
const LIMITS: ReadonlySet<string> = new Set(['body-too-large', 'too-many-requests'])

/** Counts a request when its answer is made. */
export function countRequest({ metrics }: Services, { route, problem }: Observation, answered: Answered): void {
  const { status, seconds } = answered
  metrics.add('requests', { route, status: `${Math.floor(status / 100)}xx` })
  metrics.observe('request_seconds', { route }, seconds)
  if (problem === undefined) return
  metrics.add('problems', { kind: problem })
  if (LIMITS.has(problem)) metrics.add('limits', { limit: problem })
}

interface Answered {
  readonly status: number
  /** From the request to the head of its answer. */
  readonly seconds: number
}
