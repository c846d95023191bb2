import { type Artefact, type Held, quietly } from './artefact.js'
import { type Attribute, type Seen, tree } from './attribute.js'
import { Writer } from './context.js'

/** What numbers and texts an engine has: the codes of the crate's `engine` module. */
const ATTRIBUTES = 2
const PARENT = 3
const ATTRIBUTE = 1
const FAULT = 6

/** The subject for contexts that are used once. */
const SCRATCH = 0

/** What an engine has in one instance of the artefact. Whatever is asked of it once it is freed throws. */
export class Home implements Held {
  readonly artefact: Artefact
  /** Called as they are: what stands between costs as much as some evaluations. */
  readonly exports: Artefact['exports']
  /** Those that are read of the context itself; those of lists hang under them. */
  readonly attributes: readonly Attribute[]
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #writer: Writer
  /** Where the bytes are that were loaded. */
  readonly #address: number
  readonly #bytes: number
  /** Where the engine is; 0 once it is freed. */
  at: number
  #indices = new Uint16Array(0)

  /** Throws when the snapshot cannot be loaded. The attributes are given where they are known. */
  constructor(artefact: Artefact, snapshot: Uint8Array, attributes?: readonly Attribute[]) {
    const { exports } = artefact
    this.artefact = artefact
    this.exports = exports
    this.at = exports.engine_new()
    this.#bytes = snapshot.length
    this.#input(snapshot)
    if (!exports.engine_load(this.at)) {
      const fault = this.text(FAULT)
      this.free()
      throw new Error(fault)
    }
    this.#address = exports.engine_snapshot(this.at)
    this.attributes = attributes ?? this.#read()
    this.#writer = new Writer(exports.memory, this.attributes, (length) => this.#reserve(SCRATCH, length))
  }

  /** The bytes that were loaded, where they are. They outlive a trap, which ends the instance but not its memory. */
  get snapshot(): Uint8Array {
    return this.#look(this.#address, this.#bytes)
  }

  number(part: number, at = 0): number {
    return this.exports.engine_number(this.at, part, at)
  }

  text(part: number, flag = 0, at = 0): string {
    const address = this.exports.engine_text(this.at, part, flag, at)
    return this.#decoder.decode(this.#look(address, this.exports.engine_length(this.at)))
  }

  /** Returns the index of a flag. */
  find(key: string): number {
    this.#input(new TextEncoder().encode(key))
    return this.exports.engine_find(this.at)
  }

  settled(flag: number): number {
    return this.exports.engine_settled(this.at, flag)
  }

  /** Writes values to a new subject, and returns its number. */
  keep(values: readonly Seen[]): number {
    this.#writer.write(values)
    const subject = this.exports.engine_subject(this.at)
    this.#writer.copy((length) => this.#reserve(subject, length))
    return subject
  }

  /** Writes values for the next evaluation, and returns the subject that has them. */
  write(values: readonly Seen[]): number {
    this.#writer.write(values)
    return SCRATCH
  }

  release(subject: number): void {
    quietly(() => this.exports.engine_release(this.at, subject))
  }

  /** Evaluates one flag. */
  evaluate(subject: number, flag: number, now: number): number {
    return this.exports.engine_evaluate(this.at, subject, flag, now, this.#changed(subject))
  }

  /** Evaluates all flags, and returns the outcomes, which stand there until the next call. */
  evaluateAll(subject: number, now: number, count: number): Uint32Array {
    const address = this.exports.engine_evaluateAll(this.at, subject, now, this.#changed(subject))
    return new Uint32Array(this.exports.memory.buffer, address >>> 0, count)
  }

  /** Evaluates all flags, and returns the variants, as the same view as long as they are at the same place. */
  indices(subject: number, now: number, count: number): Uint16Array {
    const address = this.exports.engine_indices(this.at, subject, now, this.#changed(subject)) >>> 0
    const { buffer } = this.exports.memory
    const last = this.#indices
    if (last.buffer !== buffer || last.byteOffset !== address) this.#indices = new Uint16Array(buffer, address, count)
    return this.#indices
  }

  free(): void {
    const at = this.at
    this.at = 0
    quietly(() => this.exports.__wbg_engine_free(at, 0))
  }

  /** Only the scratch is written to more than once. */
  #changed(subject: number): number {
    if (subject !== SCRATCH) return 0
    const { changed } = this.#writer
    this.#writer.changed = 0
    return changed
  }

  #read(): readonly Attribute[] {
    const paths = Array.from({ length: this.number(ATTRIBUTES) }, (_, at) => this.text(ATTRIBUTE, 0, at))
    return tree(paths, (at) => this.number(PARENT, at))
  }

  #input(bytes: Uint8Array): void {
    this.#look(this.exports.engine_input(this.at, bytes.length), bytes.length).set(bytes)
  }

  #reserve(subject: number, length: number): number {
    return this.exports.engine_reserve(this.at, subject, length) >>> 0
  }

  #look(address: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, address >>> 0, length)
  }
}
