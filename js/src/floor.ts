import type { Kept } from './kept.js'

/** The highest revision that was ever seen of an address, also before the last restart where there is a memory. */
export class Floor {
  readonly #kept: Kept
  #revision: number

  constructor(kept: Kept) {
    this.#kept = kept
    this.#revision = Number(kept.read('')) || 0
  }

  /** Throws when the revision is below one that was seen, and remembers it otherwise. */
  raise(revision: number): void {
    const seen = this.#revision
    if (revision < seen) throw new Error(`revision ${revision} is below ${seen}, which was seen before`)
    this.#revision = revision
    this.#kept.write('', revision)
  }
}
