/** How many tags are remembered of bodies that were asked for once, and how many bodies of those asked for again. */
const MAX_ONCE = 128
const MAX_BODIES = 64
/** A body that is longer is put together each time. */
const MAX_CHARACTERS = 64 * 1024

/**
 * Whole bodies that are asked for again and again, by their tags.
 *
 * Most visitors of one place may have the same answers, and then nothing is put together. Where all have their own,
 * nothing is kept but tags: a body that is kept for nothing costs more than one that is put together.
 */
export class Bodies {
  readonly #once = new Set<string>()
  readonly #bodies = new Map<string, string>()

  /** The body with this tag, which is made where it is not kept. */
  get(etag: string, make: () => string): string {
    const known = this.#bodies.get(etag)
    if (known !== undefined) return known
    const body = make()
    if (this.#once.delete(etag) && body.length <= MAX_CHARACTERS) {
      dropOldest(this.#bodies, MAX_BODIES)
      this.#bodies.set(etag, body)
    } else {
      dropOldest(this.#once, MAX_ONCE)
      this.#once.add(etag)
    }
    return body
  }

  /** How many bodies are kept. */
  get size(): number {
    return this.#bodies.size
  }
}

/** Makes room for one more. What came first goes first. */
function dropOldest(kept: Map<string, string> | Set<string>, limit: number): void {
  const [oldest] = kept.keys()
  if (oldest !== undefined && kept.size >= limit) kept.delete(oldest)
}
