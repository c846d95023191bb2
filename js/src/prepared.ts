import { type Attribute, type Seen, seeAll } from './attribute.js'
import type { Subject } from './context.js'
import type { Home } from './home.js'
import type { PreparedContext } from './types.js'

/** A context in an engine's memory, and what was read of it, should the memory be lost. */
export class Prepared implements PreparedContext {
  readonly #context: unknown
  #attributes: readonly Attribute[] | undefined
  #values: readonly Seen[] = []
  #home: Home | undefined
  #subject: Subject | undefined

  constructor(context: unknown) {
    this.#context = context
  }

  /** Asks nothing of the context itself, which may be a proxy. */
  static is(context: unknown): context is Prepared {
    return typeof context === 'object' && context !== null && #context in context
  }

  get context(): unknown {
    return this.#context
  }

  /** Returns the memory that holds the values, written now or before. */
  in(home: Home): Subject {
    const subject = this.#subject
    return this.#home === home && subject !== undefined ? subject : this.#move(home)
  }

  free(): void {
    this.#subject?.free()
    this.#subject = undefined
    this.#home = undefined
    this.#attributes = undefined
    this.#values = []
  }

  #move(home: Home): Subject {
    // What one engine reads is read once: what the host does to its object later is not seen.
    if (this.#attributes !== home.attributes) {
      this.#values = seeAll(home.attributes, this.#context)
      this.#attributes = home.attributes
    }
    this.#subject?.free()
    this.#home = undefined
    // Even what is too large has memory that must be given back.
    this.#subject = home.subject()
    this.#subject.write(this.#values)
    this.#home = home
    return this.#subject
  }
}
