import type { Memory } from '../types.js'

/** What all lives of an address keep at most, in characters: half of it is what browsers leave to a site at the least. */
const MOST_KEPT = 1_000_000
/** There is always room for a life that has nothing to say but how much was lost. */
const SMALL = 500
/** Where a worker refuses everything, lives would gather that have nothing left but losses. */
const MOST_LIVES = 1000

/**
 * What outlives a page: a text for each life. Which lives there are is seen by the names in the memory; where it does not
 * tell names, there is a list of them. What the memory refuses was never kept.
 */
export class Shelf {
  readonly #name: string
  readonly #memory: Memory | undefined

  constructor(address: string, memory: Memory | undefined) {
    this.#name = `fader:${address.replace(/\?.*/, '')}:events`
    this.#memory = memory
  }

  lives(): readonly string[] {
    try {
      return this.#memory?.key ? this.#named(this.#memory) : this.#listed()
    } catch {
      return []
    }
  }

  read(life: string): string | null {
    try {
      return this.#memory?.getItem(this.#at(life)) ?? null
    } catch {
      return null
    }
  }

  /** Says whether it is kept now. Where it is not, what was kept before still is. */
  write(life: string, text: string): boolean {
    try {
      const others = this.lives().filter((each) => each !== life)
      const size = others.reduce((sum, each) => sum + (this.read(each)?.length ?? 0), text.length)
      const isFull = (size > MOST_KEPT && text.length > SMALL) || others.length >= MOST_LIVES
      if (this.#memory === undefined || isFull) return false
      this.#list([...others, life])
      this.#memory.setItem(this.#at(life), text)
      return true
    } catch {
      return false
    }
  }

  /** Nothing is left of the life. */
  remove(life: string): void {
    try {
      this.#memory?.removeItem(this.#at(life))
      this.#list(this.lives().filter((each) => each !== life))
    } catch {
      // It is found by a later life, and then it is as good as new.
    }
  }

  #named({ length = 0, key }: Memory): string[] {
    const names = Array.from({ length }, (_, index) => key?.call(this.#memory, index) ?? '')
    const begin = this.#at('')
    return names.filter((name) => name.startsWith(begin)).map((name) => name.slice(begin.length))
  }

  #listed(): string[] {
    const lives: unknown = JSON.parse(this.#memory?.getItem(this.#name) ?? '[]')
    return Array.isArray(lives) ? lives.filter((life) => typeof life === 'string') : []
  }

  #list(lives: readonly string[]): void {
    const text = JSON.stringify(lives)
    if (!this.#memory?.key && text !== this.#memory?.getItem(this.#name)) this.#memory?.setItem(this.#name, text)
  }

  #at(life: string): string {
    return `${this.#name}:${life}`
  }
}
