import type { Artefact } from './artefact.js'
import { type Attribute, type Seen, seeAll } from './attribute.js'
import { Memory, Subject } from './context.js'
import type { PreparedContext } from './types.js'

type Handle = InstanceType<Artefact['Engine']>

/** What an engine has in one instance of the artefact. */
export class Home {
  readonly artefact: Artefact
  readonly handle: Handle
  readonly attributes: readonly Attribute[]
  readonly memory: Memory
  /** Memory for contexts that are used once. */
  readonly scratch: Subject
  /** The export itself: what stands between costs as much as some evaluations. */
  readonly evaluate: Artefact['exports']['engine_evaluate']
  /** Where the snapshot's bytes are. They outlive a trap, which ends the instance but not its memory. */
  readonly #snapshot: number
  readonly #bytes: number
  #indices = new Uint16Array(0)

  constructor(artefact: Artefact, handle: Handle, attributes: readonly Attribute[], bytes: number) {
    this.artefact = artefact
    this.handle = handle
    this.attributes = attributes
    this.memory = new Memory(artefact.memory)
    this.scratch = this.subject()
    this.evaluate = artefact.exports.engine_evaluate
    this.#snapshot = handle.snapshot()
    this.#bytes = bytes
  }

  /** The bytes that were loaded, where they are. */
  get snapshot(): Uint8Array {
    return new Uint8Array(this.artefact.memory.buffer, this.#snapshot, this.#bytes)
  }

  /** Returns memory for one more context. */
  subject(): Subject {
    return new Subject(this.artefact, this.memory, this.attributes)
  }

  /** Returns the indices at an address, as the same view as long as they are at the same place. */
  indices(address: number, count: number): Uint16Array {
    const { buffer } = this.artefact.memory
    const last = this.#indices
    if (last.buffer !== buffer || last.byteOffset !== address) this.#indices = new Uint16Array(buffer, address, count)
    return this.#indices
  }

  free(): void {
    this.scratch.free()
    this.handle.free()
  }
}

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
