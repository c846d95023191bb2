import { type Attribute, type List, MAX_BYTES, OTHER, type Seen, SLOT, tooLarge } from './attribute.js'

/** How many bytes of its text have a place of their own for each attribute: what is there already is not written again. */
const PLACE = 64
/** Behind the places there is room for longer texts and for lists. Everything in it begins at a multiple of eight. */
const ROOM = 2 * MAX_BYTES

const ABSENT = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const TEXT = 4
const ELSE = 5
const LIST = 6

const encoder = new TextEncoder()

/** The subject that is written to, for contexts that are used once. */
export const SCRATCH = 0

type Reserve = (subject: number, length: number) => number

/** Writes contexts to memory of one instance. The layout is described in the crate's `context` module. */
export class Writer {
  /** 1 where something was written since the last evaluation. A number, because only numbers cross without a detour. */
  changed = 1
  readonly #attributes: readonly Attribute[]
  readonly #memory: WebAssembly.Memory
  /** Returns the address of a subject's buffer. What was in it is lost, or is elsewhere. */
  readonly #reserve: Reserve
  /** Where the places begin, and where the room does. */
  readonly #places: number
  readonly #rooms: number
  /** The text in each place, or nothing where that is not known. */
  readonly #texts: string[]
  #bytes = new Uint8Array(0)
  #words = new Int32Array(0)
  #numbers = new Float64Array(0)
  #address = 0
  #room = 0
  #used = 0
  #end = 0

  constructor(memory: WebAssembly.Memory, attributes: readonly Attribute[], reserve: Reserve) {
    this.#memory = memory
    this.#attributes = attributes
    this.#reserve = reserve
    this.#texts = attributes.map(() => '')
    this.#places = attributes.length * SLOT
    this.#rooms = this.#places + attributes.length * PLACE
    this.#make(0)
  }

  /** Writes the values of a context, where they are others than before. */
  write(values: readonly Seen[]): void {
    const texts = this.#texts
    this.#look()
    this.#used = 0
    this.#end = this.#rooms
    for (let at = 0; at < texts.length; at++) {
      const value = values[at]
      if (typeof value !== 'string' || value !== texts[at] || value === '') this.#putRoot(at, value)
    }
    // Texts in their places count where all together could be too many.
    if (this.#used + texts.length * PLACE <= MAX_BYTES) return
    texts.forEach((text, at) => {
      if (text) this.#count(this.#words[((this.#address + at * SLOT) >>> 2) + 1] as number)
    })
  }

  /** Copies what was written last to another subject. */
  copy(subject: number): void {
    const target = this.#reserve(subject, this.#end)
    this.#look()
    this.#bytes.copyWithin(target, this.#address, this.#address + this.#end)
  }

  /** Memory that grew is another buffer, and the old views are empty. */
  #look(): void {
    if (this.#words.length > 0) return
    const { buffer } = this.#memory
    this.#bytes = new Uint8Array(buffer)
    this.#words = new Int32Array(buffer)
    this.#numbers = new Float64Array(buffer)
  }

  /** Makes room, and keeps what stands before it. */
  #make(room: number): void {
    const kept = this.#bytes.slice(this.#address, this.#address + this.#rooms)
    this.#address = this.#reserve(SCRATCH, this.#rooms + room)
    this.#room = room
    this.#look()
    this.#bytes.set(kept, this.#address)
  }

  /** Writes a value of the context itself. */
  #putRoot(at: number, value: Seen): void {
    const isText = typeof value === 'string'
    const place = this.#places + at * PLACE
    if (isText && this.#fits(at * SLOT, value, place, PLACE)) {
      this.#texts[at] = value
      return
    }
    this.#texts[at] = ''
    if (this.#room === 0 && (isText || typeof value === 'object')) this.#make(ROOM)
    this.#put(at * SLOT, this.#attributes[at] as Attribute, value)
  }

  #put(offset: number, attribute: Attribute, value: Seen): void {
    if (typeof value === 'string') {
      if (!this.#fits(offset, value, this.#end, MAX_BYTES - this.#used)) throw tooLarge()
      this.#take(this.#words[((this.#address + offset) >>> 2) + 1] as number)
    } else if (typeof value === 'object') this.#putList(offset, attribute, value)
    else this.#putScalar((this.#address + offset) >>> 2, value)
  }

  #putScalar(slot: number, value: number | boolean | undefined | typeof OTHER): void {
    const tag = tagOf(value)
    if (this.#words[slot] === tag && (tag !== NUMBER || this.#numbers[(slot >>> 1) + 1] === value)) return
    this.#words[slot] = tag
    if (tag === NUMBER) this.#numbers[(slot >>> 1) + 1] = value as number
    this.changed = 1
  }

  #putList(offset: number, { children }: Attribute, { length, rows }: List): void {
    let next = rows.length && this.#take(rows.length * children.length * SLOT)
    this.#head(offset, LIST, length, next)
    for (const row of rows) {
      children.forEach((child, at) => {
        this.#put(next, child, row[at])
        next += SLOT
      })
    }
  }

  /** Returns where so many bytes are. */
  #take(bytes: number): number {
    const start = this.#end
    this.#count(bytes)
    this.#end = (start + bytes + 7) & ~7
    return start
  }

  #count(bytes: number): void {
    this.#used += bytes
    if (this.#used > MAX_BYTES) throw tooLarge()
  }

  /** Writes a text where there is so much room for it, at a multiple of four, and returns false where it is too long. */
  #fits(offset: number, text: string, start: number, room: number): boolean {
    if (text.length > room) return false
    const from = this.#address + start
    let { length } = text
    if (!writeAscii(text, this.#words, from >>> 2)) {
      const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(from, from + room))
      if (read < length) return false
      length = written
    }
    this.#head(offset, TEXT, length, start)
    return true
  }

  #head(offset: number, tag: number, length: number, start: number): void {
    const words = this.#words
    const slot = (this.#address + offset) >>> 2
    words[slot] = tag
    words[slot + 1] = length
    words[slot + 2] = start
    this.changed = 1
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
