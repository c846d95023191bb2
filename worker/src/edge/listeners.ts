/** A listener of which nothing was seen for so long is gone, though nobody said so: its request was cut off. */
const GONE_AFTER_MS = 60_000
/** Far more than an isolate serves well. Those beyond it are sent away before all of them suffer. */
const MOST_LISTENERS = 10_000

/** How often a listener looks for news. The more there are, the less often, so that all together cost much the same. */
const LOOK_MS = 200
const LOOKS_PER_MS = 5

/** Who listens to this isolate's stream, and when each was last seen. */
export class Listeners {
  readonly #most: number
  readonly #now: () => number
  readonly #places = new Map<symbol, number>()

  constructor({ most = MOST_LISTENERS, now = Date.now } = {}) {
    this.#most = most
    this.#now = now
  }

  get count(): number {
    return this.#places.size
  }

  /** How long each should wait before it looks again. */
  get pauseMs(): number {
    return Math.max(LOOK_MS, this.#places.size / LOOKS_PER_MS)
  }

  /** A place for one more, or nothing when there is none left. */
  join(): symbol | undefined {
    if (this.#places.size >= this.#most) this.#forgetGone()
    if (this.#places.size >= this.#most) return undefined
    const place = Symbol('listener')
    this.#places.set(place, this.#now())
    return place
  }

  /** To be called more often than a listener is taken for gone. */
  see(place: symbol): void {
    if (this.#places.has(place)) this.#places.set(place, this.#now())
  }

  leave(place: symbol): void {
    this.#places.delete(place)
  }

  #forgetGone(): void {
    const now = this.#now()
    for (const [place, seen] of this.#places) if (now - seen > GONE_AFTER_MS) this.#places.delete(place)
  }
}
