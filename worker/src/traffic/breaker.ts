/** What a breaker does: it lets everything pass, nothing, or one request to see how the origin is. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** When a breaker opens, and how long it stays so. */
export interface BreakerLimits {
  /** So many failures in a row open it. */
  readonly consecutive: number
  /** So large a part of the requests of a window, when there were `samples` at least, opens it. */
  readonly ratio: number
  readonly samples: number
  readonly windowMs: number
  /** How long it is open for the first time; each time that the probe fails it is twice as long, up to `longestMs`. */
  readonly backOffMs: number
  readonly longestMs: number
  /** A probe that said nothing for so long was cut off, and another may go. */
  readonly probeMs: number
}

const LIMITS: BreakerLimits = {
  consecutive: 5,
  ratio: 0.5,
  samples: 20,
  windowMs: 10_000,
  backOffMs: 1_000,
  longestMs: 30_000,
  probeMs: 60_000,
}

/** Leave to send one request. What comes of it is told to the breaker with it. */
export interface Leave {
  /** The breaker opened and closed so often before. What was sent before it opened says nothing of now. */
  readonly turn: number
}

/** Stops asking an origin that does not answer, and tries it again now and then. */
export class Breaker {
  readonly #limits: BreakerLimits
  readonly #now: () => number
  #state: BreakerState = 'closed'
  #turn = 0
  #row = 0
  #window = { began: 0, requests: 0, failures: 0 }
  #opened = 0
  #backOffMs: number
  #probed = 0

  constructor(now: () => number, limits: Partial<BreakerLimits> = {}) {
    this.#now = now
    this.#limits = { ...LIMITS, ...limits }
    this.#backOffMs = this.#limits.backOffMs
  }

  get state(): BreakerState {
    return this.#state
  }

  /** How long nothing is let through from now on. */
  get waitMs(): number {
    if (this.#state === 'closed') return 0
    const since = this.#state === 'open' ? this.#opened : this.#probed
    const waitMs = this.#state === 'open' ? this.#backOffMs : this.#limits.probeMs
    return Math.max(0, since + waitMs - this.#now())
  }

  /** Gives leave to send a request, or none. */
  ask(): Leave | undefined {
    if (this.#state === 'closed') return { turn: this.#turn }
    if (this.waitMs > 0) return undefined
    this.#turn += 1
    this.#state = 'half-open'
    this.#probed = this.#now()
    return { turn: this.#turn }
  }

  /** Hears what came of a request. */
  tell({ turn }: Leave, isFailure: boolean): void {
    if (turn !== this.#turn) return
    if (this.#state === 'half-open') {
      if (isFailure) this.#open(Math.min(2 * this.#backOffMs, this.#limits.longestMs))
      else this.#close()
      return
    }
    this.#row = isFailure ? this.#row + 1 : 0
    this.#count(isFailure)
    if (this.#row >= this.#limits.consecutive || this.#isFailing()) this.#open(this.#limits.backOffMs)
  }

  #count(isFailure: boolean): void {
    const now = this.#now()
    if (Math.abs(now - this.#window.began) >= this.#limits.windowMs) {
      this.#window = { began: now, requests: 0, failures: 0 }
    }
    this.#window.requests += 1
    if (isFailure) this.#window.failures += 1
  }

  #isFailing(): boolean {
    const { requests, failures } = this.#window
    return requests >= this.#limits.samples && failures >= this.#limits.ratio * requests
  }

  #open(backOffMs: number): void {
    this.#state = 'open'
    this.#turn += 1
    this.#opened = this.#now()
    this.#backOffMs = backOffMs
  }

  #close(): void {
    this.#state = 'closed'
    this.#turn += 1
    this.#row = 0
    this.#window = { began: this.#now(), requests: 0, failures: 0 }
    this.#backOffMs = this.#limits.backOffMs
  }
}
