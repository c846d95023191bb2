import type { Metrics } from '../observe/metrics.ts'
import { Breaker } from './breaker.ts'
import type { Origin } from './table.ts'

/** A request as it goes to an origin, whichever that is. */
export interface Outgoing {
  readonly method: string
  /** The path and the query, as they came. */
  readonly target: string
  readonly headers: Headers
  readonly body: ReadableStream | null
}

/** What came of asking an origin. */
export type Answer =
  | { readonly kind: 'answered'; readonly response: Response }
  /** Nothing was sent: the breaker is open, for so long. */
  | { readonly kind: 'spared'; readonly waitMs: number }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'late' }

/** Answers of gateways and of origins that can do no more. */
const FAILING = new Set([502, 503, 504])

/** The origins, and how this isolate finds them. */
export class Upstream {
  readonly #now: () => number
  readonly #metrics: Metrics
  readonly #breakers = new Map<string, Breaker>()

  constructor(now: () => number, metrics: Metrics) {
    this.#now = now
    this.#metrics = metrics
  }

  /** True while this isolate leaves the origin alone. */
  isSpared({ name }: Origin): boolean {
    return this.#breakerOf(name).waitMs > 0
  }

  /** Asks an origin, unless it is known to be dead. Never rejects. */
  async ask(origin: Origin, outgoing: Outgoing): Promise<Answer> {
    const breaker = this.#breakerOf(origin.name)
    const leave = breaker.ask()
    if (leave === undefined) return { kind: 'spared', waitMs: breaker.waitMs }
    const answer = await send(origin, outgoing)
    const before = breaker.state
    breaker.tell(leave, answer.kind !== 'answered' || FAILING.has(answer.response.status))
    if (breaker.state !== before) {
      this.#metrics.set('breaker_open', { origin: origin.name }, breaker.state === 'closed' ? 0 : 1)
    }
    return answer
  }

  #breakerOf(name: string): Breaker {
    const known = this.#breakers.get(name)
    if (known !== undefined) return known
    const breaker = new Breaker(this.#now)
    this.#breakers.set(name, breaker)
    return breaker
  }
}

/** Sends a request, and waits for the head of the answer as long as the origin may take. Never rejects. */
export async function send(origin: Origin, outgoing: Outgoing, timeoutMs = origin.timeoutMs): Promise<Answer> {
  const { method, target, headers, body } = outgoing
  const url = origin.base + target
  // The target begins with a slash, so it cannot reach into the host. Should that ever be wrong, nothing is fetched.
  if (!target.startsWith('/') || new URL(url).origin !== origin.base) return { kind: 'unreachable' }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeoutMs)
  try {
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: limit.signal })
    return { kind: 'answered', response }
  } catch {
    // Why it failed has the origin's address in it, and comes again with each request of an outage.
    return { kind: limit.signal.aborted ? 'late' : 'unreachable' }
  } finally {
    clearTimeout(timer)
  }
}
