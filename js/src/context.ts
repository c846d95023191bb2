import type { Artefact } from './artefact.js'
import type { Context, PreparedContext } from './types.js'

/** How many bytes a slot takes; the layout is described in the crate's `context` module. */
const SLOT = 16
/** How many bytes of text one context may have. */
const MAX_BYTES = 64 * 1024
const FIRST_BYTES = 1024

const ABSENT = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const TEXT = 4
const OTHER = 5

const encoder = new TextEncoder()

/** Memory of one instance that a context is written to. */
export class Subject implements PreparedContext {
  readonly handle: InstanceType<Artefact['Subject']>
  readonly #memory: WebAssembly.Memory
  readonly #slots: number
  #address = 0
  #capacity = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #words = new Int32Array(0)
  #numbers = new Float64Array(0)

  constructor(artefact: Artefact, attributes: number) {
    this.handle = new artefact.Subject()
    this.#memory = artefact.memory
    this.#slots = attributes * SLOT
  }

  /** Writes the attributes of a context, and returns false when they are too large. */
  write(attributes: readonly Attribute[], context: Context): boolean {
    if (this.#capacity === 0) this.#reserve(FIRST_BYTES)
    if (this.#tryWrite(attributes, context)) return true
    if (this.#capacity === MAX_BYTES) return false
    this.#reserve(MAX_BYTES)
    return this.#tryWrite(attributes, context)
  }

  free(): void {
    this.handle.free()
  }

  #reserve(capacity: number): void {
    this.#address = this.handle.reserve(this.#slots + capacity)
    this.#capacity = capacity
  }

  #tryWrite(attributes: readonly Attribute[], context: Context): boolean {
    // Memory that grew is another buffer, and the old views are empty.
    if (this.#bytes.buffer !== this.#memory.buffer || this.#bytes.byteOffset !== this.#address) this.#look()
    let end = this.#slots
    for (let index = 0; index < attributes.length; index++) {
      const value = (attributes[index] as Attribute).read(context)
      if (typeof value === 'string') {
        const length = this.#writeText(value, end)
        if (length < 0) return false
        this.#writeSlot(index, TEXT, length, end)
        end += length
      } else if (typeof value === 'number') {
        this.#words[index * 4] = NUMBER
        this.#numbers[index * 2 + 1] = value
      } else {
        this.#writeSlot(index, tagOf(value), 0, 0)
      }
    }
    return true
  }

  #look(): void {
    const { buffer } = this.#memory
    const length = this.#slots + this.#capacity
    this.#bytes = new Uint8Array(buffer, this.#address, length)
    this.#words = new Int32Array(buffer, this.#address, this.#slots / 4)
    this.#numbers = new Float64Array(buffer, this.#address, this.#slots / 8)
  }

  #writeSlot(index: number, tag: number, length: number, start: number): void {
    this.#words[index * 4] = tag
    this.#words[index * 4 + 1] = length
    this.#words[index * 4 + 2] = start
  }

  /** Returns how many bytes the text took, or -1 when there is no room for it. */
  #writeText(text: string, start: number): number {
    const { length } = text
    if (start + length > this.#bytes.length) return -1
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) return this.#encodeText(text, start)
      this.#bytes[start + at] = unit
    }
    return length
  }

  #encodeText(text: string, start: number): number {
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(start))
    return read === text.length ? written : -1
  }
}

function tagOf(value: unknown): number {
  if (value === undefined || value === null) return ABSENT
  if (typeof value === 'boolean') return value ? TRUE : FALSE
  return OTHER
}

/** An attribute that the rules read: its path, and how it is found in a context. */
export class Attribute {
  readonly path: string
  readonly #names: readonly string[]
  readonly #isPlain: boolean

  constructor(path: string) {
    this.path = path
    this.#names = path.split('.')
    // What every object has by nature counts only where an object has it itself.
    this.#isPlain = this.#names.length === 1 && !(path in Object.prototype)
  }

  /** A member whose own name has dots comes before a path into nested objects. */
  read(context: Context): unknown {
    if (this.#isPlain) return context[this.path]
    if (Object.hasOwn(context, this.path)) return context[this.path]
    let value: unknown = context
    for (const name of this.#names) {
      if (!isContext(value) || !Object.hasOwn(value, name)) return undefined
      value = value[name]
    }
    return value
  }
}

/** Returns whether a value has attributes. */
export function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the attributes as the engine sees them, as JSON: by their paths, and without what it cannot compare. */
export function toJson(attributes: readonly Attribute[], context: unknown): string {
  if (!isContext(context)) return 'null'
  const seen = attributes.map((attribute) => {
    const value = attribute.read(context)
    return [attribute.path, isScalar(value) ? value : []] as const
  })
  return JSON.stringify(Object.fromEntries(seen))
}

function isScalar(value: unknown): boolean {
  return tagOf(value) !== OTHER || typeof value === 'string' || typeof value === 'number'
}
