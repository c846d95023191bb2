import type { Trace } from './trace.ts'

/** What is noted of one request while it is answered. */
export interface Observation {
  readonly trace: Trace
  /** The pattern in the table of routes, never the path as it was sent. */
  readonly route: string
  /** The kind of problem that it ended in. */
  problem?: string
}
