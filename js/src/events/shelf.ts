import type { Memory } from '../types.js'

/** What all lives of an address keep at most, in characters: half of it is what browsers leave to a site at the least. */
const MOST_KEPT = 1_000_000

/** What outlives a page: a text for each life, and a list of the lives. What the memory refuses was never kept. */
export class Shelf {
  readonly #name: string
  readonly #memory: Memory | undefined

  constructor(address: string, memory: Memory | undefined) {
    this.#name = `fader:${address.replace(/\?.*/, '')}:events`
    this.#memory = memory
  }

  lives(): readonly string[] {
    try {
      const lives: unknown = JSON.parse(this.#memory?.getItem(this.#name) ?? '[]')
      return Array.isArray(lives) ? lives.filter((life) => typeof life === 'string') : []
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
      // Two tabs may have written the list at once, and then it lacks one of them.
      const lives = this.lives()
      const others = lives.reduce((sum, each) => sum + (each === life ? 0 : (this.read(each)?.length ?? 0)), 0)
      if (this.#memory === undefined || others + text.length > MOST_KEPT) return false
      if (!lives.includes(life)) this.#list([...lives, life])
      this.#memory.setItem(this.#at(life), text)
      return true
    } catch {
      return false
    }
  }

  /** Nothing is left of the life; `isOver` also takes it off the list. */
  remove(life: string, isOver: boolean): void {
    try {
      this.#memory?.removeItem(this.#at(life))
      if (isOver) this.#list(this.lives().filter((each) => each !== life))
    } catch {
      // It is found by a later life, and then it is as good as new.
    }
  }

  #list(lives: readonly string[]): void {
    this.#memory?.setItem(this.#name, JSON.stringify(lives))
  }

  #at(life: string): string {
    return `${this.#name}:${life}`
  }
}
