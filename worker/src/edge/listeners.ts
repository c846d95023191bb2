/** A listener of which nothing was seen for so long is gone, though nobody said so: its request was cut off. */
const GONE_AFTER_MS = 60_000
/** Far more than an isolate serves well. Those beyond it are sent away before all of them suffer. */
const MOST_LISTENERS = 10_000

/** Who listens to this isolate's stream, and when each was last seen. */
export class Listeners {
  readonly #most: number
  readonly #now: () => number
  readonly #seen = new Map<symbol, number>()

  constructor({ most = MOST_LISTENERS, now = Date.now } = {}) {
    this.#most = most
    this.#now = now
  }

  get count(): number {
    return this.#seen.size
  }

  /** A place for one more, or nothing when there is none left. */
  join(): symbol | undefined {
    if (this.#seen.size >= this.#most) this.#forget()
    if (this.#seen.size >= this.#most) return undefined
    const listener = Symbol('listener')
    this.see(listener)
    return listener
  }

  /** To be called more often than a listener is taken for gone. */
  see(listener: symbol): void {
    this.#seen.set(listener, this.#now())
  }

  leave(listener: symbol): void {
    this.#seen.delete(listener)
  }

  #forget(): void {
    const now = this.#now()
    for (const [listener, seen] of this.#seen) if (now - seen > GONE_AFTER_MS) this.#seen.delete(listener)
  }
}
