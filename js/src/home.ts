import type { Artefact } from './artefact.js'
import { Attribute, tree } from './attribute.js'
import { Memory, Subject } from './context.js'

/** The text that is an attribute's path. */
const ATTRIBUTE = 1

/** What an engine has in one instance of the artefact. */
export class Home {
  readonly artefact: Artefact
  /** Called as they are: what stands between costs as much as some evaluations. */
  readonly exports: Artefact['exports']
  readonly evaluate: Artefact['exports']['engine_evaluate']
  readonly handle: InstanceType<Artefact['Engine']>
  /** Those that are read of the context itself; those of lists hang under them. */
  readonly attributes: readonly Attribute[]
  readonly memory: Memory
  /** Memory for contexts that are used once. */
  readonly scratch: Subject
  readonly #address: number
  readonly #bytes: number
  #indices = new Uint16Array(0)

  /** Throws when the snapshot cannot be loaded. The attributes are given where they are known. */
  constructor(artefact: Artefact, snapshot: Uint8Array, attributes?: readonly Attribute[]) {
    this.artefact = artefact
    this.exports = artefact.exports
    this.evaluate = this.exports.engine_evaluate
    this.handle = new artefact.Engine(snapshot)
    this.memory = new Memory(artefact.memory)
    this.attributes = attributes ?? this.#read()
    this.scratch = this.subject()
    this.#address = this.exports.engine_snapshot(this.handle.__wbg_ptr) >>> 0
    this.#bytes = snapshot.length
  }

  /** The bytes that were loaded, where they are. They outlive a trap, which ends the instance but not its memory. */
  get snapshot(): Uint8Array {
    return new Uint8Array(this.artefact.memory.buffer, this.#address, this.#bytes)
  }

  /** Returns memory for one more context. */
  subject(): Subject {
    return new Subject(this.artefact, this.memory, this.attributes)
  }

  /** Returns a text of the snapshot; which one, the crate's `engine` module says. */
  text(part: number, flag: number, at: number): string {
    return this.handle.text(part, flag, at)
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

  #read(): readonly Attribute[] {
    const { exports, handle } = this
    const length = exports.engine_attributes(handle.__wbg_ptr)
    const all = Array.from({ length }, (_, at) => new Attribute(this.text(ATTRIBUTE, 0, at)))
    return tree(all, (at) => exports.engine_parent(handle.__wbg_ptr, at))
  }
}
