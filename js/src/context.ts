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

const NO_OBJECT = 'the context is no object; give one, such as { userId: "u-1" }'
const TOO_LARGE = `the attributes that the rules read have more than ${MAX_BYTES} bytes; shorten them`

/** There is no answer, and it is the context's fault. */
export class InvalidContext extends Error {}

/** Memory of one instance that a context is written to. */
export class Subject implements PreparedContext {
  readonly handle: InstanceType<Artefact['Subject']>
  readonly #memory: WebAssembly.Memory
  readonly #slots: number
  #address = 0
  #capacity = 0
  #isReading = false
  #isFree = false
  #bytes: Uint8Array = new Uint8Array(0)
  #words = new Int32Array(0)
  #numbers = new Float64Array(0)

  constructor(artefact: Artefact, attributes: number) {
    this.handle = new artefact.Subject()
    this.#memory = artefact.memory
    this.#slots = attributes * SLOT
  }

  /** Reads the attributes of a context and writes them. Throws when it cannot be read, or they are too large. */
  read(attributes: readonly Attribute[], context: Context): void {
    this.#open()
    if (this.#tryRead(attributes, context)) return
    this.#widen()
    if (!this.#tryRead(attributes, context)) throw new InvalidContext(TOO_LARGE)
  }

  /** Writes values that were read before. */
  write(values: readonly unknown[]): void {
    this.#open()
    if (!this.#tryWrite(values)) {
      this.#widen()
      if (!this.#tryWrite(values)) throw new InvalidContext(TOO_LARGE)
    }
    this.handle.forget()
  }

  /** True while a context is read: a getter may evaluate another one, which must not be written over it. */
  get isReading(): boolean {
    return this.#isReading
  }

  free(): void {
    this.#isFree = true
    // A getter may free the engine while its context is read: what comes after it must not go where others are now.
    this.#bytes = new Uint8Array(0)
    this.#words = new Int32Array(0)
    this.#numbers = new Float64Array(0)
    quietly(() => this.handle.free())
  }

  #reserve(capacity: number): void {
    this.#address = this.handle.reserve(this.#slots + capacity)
    this.#capacity = capacity
    this.#look()
  }

  /** Memory that grew is another buffer, and the old views are empty. */
  #open(): void {
    if (this.#capacity === 0) this.#reserve(FIRST_BYTES)
    else if (this.#bytes.length === 0) this.#look()
  }

  #widen(): void {
    if (this.#capacity < MAX_BYTES) this.#reserve(MAX_BYTES)
  }

  #tryRead(attributes: readonly Attribute[], context: Context): boolean {
    this.#isReading = true
    try {
      let end = this.#slots
      for (let index = 0; index < attributes.length && end >= 0; index++) {
        end = this.#put(index, (attributes[index] as Attribute).read(context), end)
      }
      return end >= 0
    } catch (cause) {
      throw new InvalidContext(`the context cannot be read: ${messageOf(cause)}`)
    } finally {
      this.#isReading = false
    }
  }

  #tryWrite(values: readonly unknown[]): boolean {
    let end = this.#slots
    for (let index = 0; index < values.length && end >= 0; index++) end = this.#put(index, values[index], end)
    return end >= 0
  }

  /** Writes one value, and returns where the next text goes, or -1 when there is no room for this one. */
  #put(index: number, value: unknown, end: number): number {
    if (typeof value === 'string') {
      // What is read may evaluate, and make the memory grow.
      if (this.#bytes.length === 0) this.#look()
      const length = this.#writeText(value, end)
      if (length < 0) return -1
      this.#writeSlot(index, TEXT, length, end)
      return end + length
    }
    if (this.#words.length === 0) this.#look()
    if (typeof value === 'number' && Number.isFinite(value)) {
      this.#words[index * 4] = NUMBER
      this.#numbers[index * 2 + 1] = value
    } else {
      this.#writeSlot(index, tagOf(value), 0, 0)
    }
    return end
  }

  #look(): void {
    if (this.#isFree) throw new Error('its memory was freed meanwhile')
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

/** Of all but texts and finite numbers. JSON has no other numbers, so they are absent, here as where it came by JSON. */
function tagOf(value: unknown): number {
  if (value === undefined || value === null || typeof value === 'number') return ABSENT
  if (typeof value === 'boolean') return value ? TRUE : FALSE
  return OTHER
}

/** Gives memory back. An instance that trapped may trap again, but its memory goes with it anyway. */
export function quietly(free: () => void): void {
  try {
    free()
  } catch {
    // There is nothing left to give back.
  }
}

/** An attribute that the rules read: its path, and how it is found in a context. */
export class Attribute {
  readonly path: string
  readonly #names: readonly string[]

  constructor(path: string) {
    this.path = path
    this.#names = path.split('.')
  }

  /** A member whose own name has dots comes before a path into nested objects. */
  read(context: Context): unknown {
    if (this.#names.length === 1) return this.#readPlain(context)
    if (Object.hasOwn(context, this.path)) return context[this.path]
    let value: unknown = context
    for (const name of this.#names) {
      if (!isContext(value) || !Object.hasOwn(value, name)) return undefined
      value = value[name]
    }
    return value
  }

  /** What every object has by nature, or was given by whoever pollutes the prototype, counts only where it is its own. */
  #readPlain(context: Context): unknown {
    const value = context[this.path]
    if (value === undefined || !(this.path in Object.prototype)) return value
    return Object.hasOwn(context, this.path) ? value : undefined
  }
}

/** Returns whether a value has attributes. */
function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws when a value has no attributes. */
export function assertContext(value: unknown): asserts value is Context {
  let isOne = false
  try {
    isOne = isContext(value)
  } catch (cause) {
    // Even to ask whether a proxy is a list may throw.
    throw new InvalidContext(`the context cannot be read: ${messageOf(cause)}`)
  }
  if (!isOne) throw new InvalidContext(NO_OBJECT)
}

/** Returns the values of the attributes. A getter may do what it likes, so all are read before anything is written. */
export function readAll(attributes: readonly Attribute[], context: unknown): unknown[] {
  assertContext(context)
  return readable(() => attributes.map((attribute) => attribute.read(context)))
}

/** Returns the attributes as the engine sees them, as JSON: by their paths, and without what it cannot compare. */
export function toJson(attributes: readonly Attribute[], context: unknown): string {
  const values = readAll(attributes, context)
  const seen = attributes.map(({ path }, index) => [path, toScalar(values[index])] as const)
  return JSON.stringify(Object.fromEntries(seen))
}

function toScalar(value: unknown): unknown {
  // Halves of a pair cannot be encoded, and are replaced as the encoder does it.
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd')
  return tagOf(value) === OTHER ? [] : value
}

/** A context may be a proxy or have getters, and these may throw. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new InvalidContext(`the context cannot be read: ${messageOf(cause)}`)
  }
}

/** Returns what was thrown in words; anything may be thrown. */
export function messageOf(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause)
  } catch {
    return 'something was thrown that has no words'
  }
}
