import type { Memory } from './types.js'

/** The highest revision that was ever seen of an address, also before the last restart where there is a memory. */
export class Floor {
  readonly #name: string
  readonly #memory: Memory | undefined
  #revision: number

  constructor(address: string, memory: Memory | undefined) {
    this.#name = `fader:${address}`
    this.#memory = memory
    this.#revision = Number(this.#try((kept) => kept.getItem(this.#name))) || 0
  }

  /** Throws when the revision is below one that was seen, and remembers it otherwise. */
  raise(revision: number): void {
    const seen = this.#revision
    if (revision < seen) throw new Error(`revision ${revision} is below ${seen}, which was seen before`)
    this.#revision = revision
    this.#try((kept) => kept.setItem(this.#name, `${revision}`))
  }

  /** Browsers may forbid it, and most other platforms have none. */
  #try<T>(work: (kept: Memory) => T): T | undefined {
    try {
      return work(this.#memory ?? localStorage)
    } catch {
      return undefined
    }
  }
}
