import { type Trace, traceOf } from './trace.ts'

/** What is noted of one request while it is answered. */
export class Observation {
  /** The pattern in the table of routes, never the path as it was sent. */
  readonly route: string
  /** The kind of problem that it ended in. */
  problem?: string
  readonly #headers: Headers
  #trace: Trace | undefined

  constructor(route: string, headers: Headers) {
    this.route = route
    this.#headers = headers
  }

  /** Made when somebody first asks: most requests end without a line of log. */
  get trace(): Trace {
    this.#trace ??= traceOf(this.#headers)
    return this.#trace
  }
}
