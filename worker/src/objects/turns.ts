type Work = () => Promise<void>

/**
 * One writer after another: a comparison and the write that it allows must not have another's write between them.
 *
 * What is urgent goes before all that is waiting. Whoever is overtaken and named the revision that they expect is then
 * refused, which is right: they did not know of what was urgent.
 */
export class Turns {
  readonly #urgent: Work[] = []
  readonly #waiting: Work[] = []
  #isBusy = false

  /** Does something when it is its turn, and gives what came of it. */
  take<T>(work: () => Promise<T>, urgency: 'urgent' | 'usual' = 'usual'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const queue = urgency === 'urgent' ? this.#urgent : this.#waiting
      queue.push(async () => {
        try {
          resolve(await work())
        } catch (cause) {
          reject(cause)
        }
      })
      if (!this.#isBusy) void this.#go()
    })
  }

  async #go(): Promise<void> {
    this.#isBusy = true
    for (let work = this.#next(); work !== undefined; work = this.#next()) await work()
    this.#isBusy = false
  }

  #next(): Work | undefined {
    return this.#urgent.shift() ?? this.#waiting.shift()
  }
}
