/** Tells the lives that are over from those that go on: who lives holds a lock by the name of the life. */
export class Lives {
  readonly #locks: LockManager | undefined
  #release = () => {}
  #released: Promise<void> | undefined

  constructor(locks: LockManager | undefined) {
    this.#locks = locks
  }

  /** Without locks nobody can say who lives. */
  get areKnown(): boolean {
    return this.#locks !== undefined
  }

  /** Until `release` nobody else has this life. */
  hold(life: string): void {
    const released = this.#untilReleased()
    this.#request(life, {}, () => released)
  }

  /** Does something about a life that is over, which nobody else does meanwhile. */
  ifOver(life: string, work: () => Promise<void>): void {
    const released = this.#untilReleased()
    this.#request(life, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await Promise.race([work(), released])
    })
  }

  /** Gives all of them back. A page that holds a lock could not be kept for when its visitor comes back. */
  release(): void {
    this.#release()
    this.#released = undefined
  }

  #untilReleased(): Promise<void> {
    this.#released ??= new Promise((resolve) => {
      this.#release = resolve
    })
    return this.#released
  }

  #request(life: string, options: LockOptions, work: (lock: Lock | null) => Promise<void>): void {
    // Documents without an origin are refused.
    this.#locks?.request(`fader-life-${life}`, options, work).catch(() => {})
  }
}
