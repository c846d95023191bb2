import type { Artefact } from './artefact.js'
import {
  type Attribute,
  isContext,
  lookUp,
  MAX_BYTES,
  noObject,
  OTHER,
  Rows,
  type Seen,
  SLOT,
  see,
  tooLarge,
  unreadable,
} from './attribute.js'

/** How many bytes of its text have a place of their own for each attribute: what is there already is not written again. */
const PLACE = 64
/** Behind the places is room for longer texts and for lists. It doubles when it is needed. */
const FIRST_ROOM = 1024
/** Everything in it begins at a multiple of eight, so that there are gaps. */
const MAX_ROOM = 2 * MAX_BYTES

const ABSENT = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const TEXT = 4
const ELSE = 5
const LIST = 6

const encoder = new TextEncoder()

/** The memory of an instance, as it is looked at. */
export class Memory {
  readonly #memory: WebAssembly.Memory | undefined
  bytes = new Uint8Array(0)
  words = new Int32Array(0)
  numbers = new Float64Array(0)

  constructor(memory?: WebAssembly.Memory) {
    this.#memory = memory
  }

  /** Memory that grew is another buffer, and the old views are empty. */
  look(): this {
    return this.words.length > 0 ? this : this.#renew()
  }

  #renew(): this {
    if (this.#memory === undefined) throw new Error('its memory was freed meanwhile')
    const { buffer } = this.#memory
    this.bytes = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
    this.numbers = new Float64Array(buffer)
    return this
  }
}

/** Memory of one instance that a context is written to. The layout is described in the crate's `context` module. */
export class Subject {
  readonly handle: InstanceType<Artefact['Subject']>
  /** True while a context is read: a getter may evaluate another one, which must not be written over it. */
  isReading = false
  /** 1 where something was written since the last evaluation. A number, because only numbers cross without a detour. */
  changed = 1
  readonly #exports: Artefact['exports']
  readonly #attributes: readonly Attribute[]
  /** Where the places begin, and where the room does. */
  readonly #places: number
  readonly #rooms: number
  /** The text in each place, or nothing where that is not known. */
  readonly #texts: string[]
  #memory: Memory
  #address = 0
  #room = 0
  #used = 0
  #end = 0

  constructor(artefact: Artefact, memory: Memory, attributes: readonly Attribute[]) {
    this.handle = new artefact.Subject()
    this.#exports = artefact.exports
    this.#memory = memory
    this.#attributes = attributes
    this.#texts = attributes.map(() => '')
    this.#places = attributes.length * SLOT
    this.#rooms = this.#places + attributes.length * PLACE
  }

  /** Writes the attributes of a context as it is now. What it throws, `blame` explains. */
  read(context: unknown): void {
    this.isReading = true
    if (!isContext(context)) throw noObject()
    this.#begin()
    const attributes = this.#attributes
    for (let at = 0; at < attributes.length; at++) {
      const attribute = attributes[at] as Attribute
      const value = attribute.isPlain ? lookUp(context, attribute.path, at) : attribute.read(context)
      if (typeof value === 'string') this.#putText(at, value)
      else this.#putElse(at, see(attribute, value))
    }
    this.#finish()
    this.isReading = false
  }

  /** Writes values that were read before. */
  write(values: readonly Seen[]): void {
    this.#begin()
    for (let at = 0; at < values.length; at++) {
      const value = values[at]
      if (typeof value === 'string') this.#putText(at, value)
      else this.#putElse(at, value)
    }
    this.#finish()
  }

  /** Returns why reading failed: whatever is thrown meanwhile, a getter threw it. */
  blame(cause: unknown): unknown {
    if (!this.isReading) return cause
    this.isReading = false
    return unreadable(cause)
  }

  free(): void {
    // A getter may free the engine while its context is read: what comes after it must not go where others are now.
    this.#memory = new Memory()
    quietly(() => this.handle.free())
  }

  #begin(): void {
    if (this.#address === 0) this.#reserve(0)
    this.#used = 0
    this.#end = this.#rooms
  }

  /** Texts in their places count where all together could be too many. */
  #finish(): void {
    if (this.#used + this.#texts.length * PLACE > MAX_BYTES) this.#countPlaces()
  }

  #countPlaces(): void {
    const { words } = this.#memory.look()
    this.#texts.forEach((text, at) => {
      if (text !== '') this.#count(words[((this.#address + at * SLOT) >>> 2) + 1] as number)
    })
  }

  /** Writes a text of the context itself. */
  #putText(at: number, text: string): void {
    if (text === this.#texts[at] && text !== '') return
    const place = this.#places + at * PLACE
    const length = this.#write(text, place, PLACE)
    this.#texts[at] = length < 0 ? '' : text
    if (length < 0) this.#append(at * SLOT, text)
    else this.#head(at * SLOT, TEXT, length, place)
    this.changed = 1
  }

  /** Writes what is no text, of the context itself. */
  #putElse(at: number, value: Seen): void {
    if (this.#texts[at] !== '') this.#texts[at] = ''
    this.#put(at * SLOT, this.#attributes[at] as Attribute, value)
  }

  #put(offset: number, attribute: Attribute, value: Seen): void {
    if (typeof value === 'string') this.#append(offset, value)
    else if (value instanceof Rows) this.#putList(offset, attribute, value)
    else this.#putScalar(offset, value)
  }

  #putScalar(offset: number, value: number | boolean | undefined | typeof OTHER): void {
    const { words, numbers } = this.#memory.look()
    const slot = (this.#address + offset) >>> 2
    const tag = tagOf(value)
    if (words[slot] === tag && (tag !== NUMBER || numbers[(slot >>> 1) + 1] === value)) return
    words[slot] = tag
    if (tag === NUMBER) numbers[(slot >>> 1) + 1] = value as number
    this.changed = 1
  }

  #putList(offset: number, { children }: Attribute, { length, rows }: Rows): void {
    const width = children.length * SLOT
    const first = rows.length * width === 0 ? 0 : this.#take(rows.length * width)
    this.#head(offset, LIST, length, first)
    this.changed = 1
    rows.forEach((row, at) => {
      children.forEach((child, place) => {
        this.#put(first + at * width + place * SLOT, child, row[place])
      })
    })
  }

  /** Writes a text behind all others. */
  #append(offset: number, text: string): void {
    let length = this.#write(text, this.#end, this.#room - this.#end)
    while (length < 0) {
      this.#grow()
      length = this.#write(text, this.#end, this.#room - this.#end)
    }
    this.#head(offset, TEXT, length, this.#take(length))
    this.changed = 1
  }

  /** Returns where so many bytes are free. */
  #take(bytes: number): number {
    this.#count(bytes)
    const start = this.#end
    this.#end = (start + bytes + 7) & ~7
    while (this.#end > this.#room) this.#grow()
    return start
  }

  #count(bytes: number): void {
    this.#used += bytes
    if (this.#used > MAX_BYTES) throw tooLarge()
  }

  #head(offset: number, tag: number, length: number, start: number): void {
    const { words } = this.#memory.look()
    const slot = (this.#address + offset) >>> 2
    words[slot] = tag
    words[slot + 1] = length
    words[slot + 2] = start
  }

  /** Doubles the room, and keeps what was written. */
  #grow(): void {
    const room = this.#room - this.#rooms
    if (room >= MAX_ROOM) throw tooLarge()
    const kept = this.#memory.look().bytes.slice(this.#address, this.#address + this.#room)
    this.#reserve(room === 0 ? FIRST_ROOM : room * 2)
    this.#memory.look().bytes.set(kept, this.#address)
  }

  /** May trap, where there is no more memory, and that is not the context's fault. */
  #reserve(room: number): void {
    const { isReading } = this
    this.isReading = false
    this.#address = this.#exports.subject_reserve(this.handle.__wbg_ptr, this.#rooms + room) >>> 0
    this.#room = this.#rooms + room
    this.isReading = isReading
  }

  /** Returns how many bytes a text took, or -1 when there is no room for it. Begins at a multiple of four. */
  #write(text: string, start: number, room: number): number {
    if (text.length > room) return -1
    const isAscii = writeAscii(text, this.#memory.look().words, (this.#address + start) >>> 2)
    return isAscii ? text.length : this.#encode(text, start, room)
  }

  #encode(text: string, start: number, room: number): number {
    const { bytes } = this.#memory
    const from = this.#address + start
    const { read, written } = encoder.encodeInto(text, bytes.subarray(from, from + room))
    return read === text.length ? written : -1
  }
}

/** Writes four bytes at once, and returns whether they are what stands for the text. */
function writeAscii(text: string, words: Int32Array, start: number): boolean {
  const { length } = text
  const rest = length & 3
  const whole = length - rest
  let word = start
  let units = 0
  for (let at = 0; at < whole; at += 4) {
    const one = text.charCodeAt(at)
    const two = text.charCodeAt(at + 1)
    const three = text.charCodeAt(at + 2)
    const four = text.charCodeAt(at + 3)
    units |= one | two | three | four
    words[word++] = one | (two << 8) | (three << 16) | (four << 24)
  }
  if (rest > 0) {
    let last = 0
    for (let at = length - 1; at >= whole; at--) {
      const unit = text.charCodeAt(at)
      units |= unit
      last = (last << 8) | unit
    }
    words[word] = last
  }
  return units <= 0x7f
}

function tagOf(value: Seen): number {
  if (value === undefined) return ABSENT
  if (typeof value === 'number') return NUMBER
  if (value === OTHER) return ELSE
  return value === true ? TRUE : FALSE
}

/** Gives memory back. An instance that trapped may trap again, but its memory goes with it anyway. */
export function quietly(free: () => void): void {
  try {
    free()
  } catch {
    // There is nothing left to give back.
  }
}
