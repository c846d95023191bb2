import type { Held } from './artefact.js'
import { type Attribute, readAll, type Seen } from './attribute.js'
import type { Home } from './home.js'
import type { PreparedContext } from './types.js'

/** A subject in an engine's memory. It knows nothing of whose it is, so that it does not keep that from the collector. */
class Place implements Held {
  home: Home | undefined
  subject = 0

  free(): void {
    this.home?.release(this.subject)
    this.home = undefined
  }
}

/** A context in an engine's memory, and what was read of it, should the memory be lost. */
export class Prepared implements PreparedContext {
  readonly held = new Place()
  readonly #context: unknown
  #attributes: readonly Attribute[] | undefined
  #values: readonly Seen[] = []

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

  /** Reads the context. What one engine reads is read once: what the host does to its object later is not seen. */
  read(attributes: readonly Attribute[]): void {
    if (this.#attributes === attributes) return
    this.#values = readAll(attributes, this.#context, [])
    this.#attributes = attributes
  }

  /** Writes what was read to another home, and returns the subject there. */
  move(home: Home): number {
    const { held } = this
    held.free()
    held.subject = home.keep(this.#values)
    held.home = home
    return held.subject
  }

  free(): void {
    this.held.free()
    this.#attributes = undefined
    this.#values = []
  }
}
