import type { Kept } from './kept.js'

/** The highest revision that was ever seen of an address, also before the last restart where there is a memory. */
export class Floor {
  readonly #kept: Kept
  #revision: number

  constructor(kept: Kept) {
    this.#kept = kept
    // What is no revision must not keep every revision out.
    const seen = kept.read<number>('')
    this.#revision = Number.isSafeInteger(seen) ? (seen as number) : 0
  }

  /** Throws when the revision is below one that was seen, and remembers it otherwise. */
  raise(revision: number): void {
    const seen = this.#revision
    if (revision < seen) throw new Error(`revision ${revision} is below ${seen}, which was seen before`)
    this.#revision = revision
    this.#kept.write('', revision)
  }
}
