import type { Engine, Outcome } from 'fader'
import { type Fingerprint, fingerprintOf, sumOf } from '../fingerprint.ts'

/** A piece of a body. */
export interface Piece extends Fingerprint {
  readonly text: string
}

export type Metadata = Readonly<Record<string, string | number | boolean>>

/** So many flags are written as one piece: few enough that what they give together comes again and again. */
const FLAGS_IN_BLOCK = 4
/** How many characters the blocks of a sheet keep together. */
const KEPT_CHARACTERS = 4 * 1024 * 1024

/** What stands before the flags. */
export const BEGINNING = '{"flags":['

/** What a block needs of its sheet. */
interface Writer {
  /** How the outcome with this number is written, of the flag at this place. */
  written(place: number, code: number): Written
  /** What there is room for in all blocks together. */
  readonly room: { left: number }
  /** What was given by pieces that are not kept any more. */
  readonly counts: Counts
}

/** How one outcome is written. */
export interface Written extends Piece {
  /** Why it is what it is: its reason, or its error code. */
  readonly why: string
}

/** How often what was given, by the words of reasons and error codes. */
export type Counts = Map<string, number>

/** How the outcomes of one engine are written, all fresh or all stale: each of them once. */
export class Sheet {
  readonly #shared: Metadata
  readonly #blocks: readonly Block[]
  readonly #counts: Counts = new Map()
  readonly #written = new Map<Outcome, Written>()
  /** The numbers that are being written: what the engine gives may move in memory when it is asked for more. */
  readonly #codes: Uint32Array
  /** The texts that are being put together, which are as many each time. */
  readonly #texts: string[] = [BEGINNING]

  /** `places` has where the flags that are to be written stand among all flags. */
  constructor(engine: Engine, shared: Metadata, places: readonly number[]) {
    this.#shared = shared
    this.#codes = new Uint32Array(engine.flags.length)
    const writer = {
      room: { left: KEPT_CHARACTERS },
      counts: this.#counts,
      written: (place: number, code: number) => this.one(engine.outcomeOf(place, code)),
    }
    this.#blocks = Array.from({ length: Math.ceil(places.length / FLAGS_IN_BLOCK) }, (_, at) => {
      const own = places.slice(at * FLAGS_IN_BLOCK, (at + 1) * FLAGS_IN_BLOCK)
      return new Block(writer, own, at === 0 ? '' : ',')
    })
  }

  /** How one outcome is written. */
  one(outcome: Outcome): Written {
    const known = this.#written.get(outcome)
    if (known !== undefined) return known
    const text = JSON.stringify(answerOf(outcome, this.#shared))
    const piece = { text, why: outcome.errorCode ?? outcome.reason, ...fingerprintOf(text) }
    // The engine gives one and the same object for one outcome, but makes a new one for each failure.
    if (outcome.errorCode === undefined) this.#written.set(outcome, piece)
    return piece
  }

  /** Lays out how the outcomes that have these numbers are written, and an ending, and says what tells it apart. */
  lay(codes: Uint32Array, ending: Piece): Fingerprint {
    this.#codes.set(codes)
    let { a, b, c, d } = ending
    let at = 1
    for (const block of this.#blocks) {
      const piece = block.piece(this.#codes)
      this.#texts[at] = piece.text
      at += 1
      a = (a + piece.a) | 0
      b = (b + piece.b) | 0
      c = (c + piece.c) | 0
      d = (d + piece.d) | 0
    }
    this.#texts[at] = ending.text
    return { a, b, c, d }
  }

  /** Counts what was given in another way than laid out. */
  given(written: readonly Written[]): void {
    for (const { why } of written) addTo(this.#counts, why, 1)
  }

  /** Adds how often which outcome was laid out since the last time. Nothing is counted for a request but its pieces. */
  count(into: Counts): void {
    for (const block of this.#blocks) block.count()
    for (const [why, times] of this.#counts) addTo(into, why, times)
    this.#counts.clear()
  }

  /** The whole body that was laid out last. */
  get laid(): string {
    // Joined at once it is one text; added up it would be a tree of texts, which has to be walked before it is sent.
    return this.#texts.join('')
  }
}

/** A piece, and the numbers of what its flags gave. */
interface Kept extends Piece {
  readonly codes: readonly number[]
  readonly whys: readonly string[]
  /** How often it was given and not counted yet. */
  times: number
}

/** A few flags that stand beside each other. */
class Block {
  readonly #writer: Writer
  readonly #places: readonly number[]
  readonly #comma: string
  /** By a hash of the numbers: where two lists of them meet, the later takes the place. */
  readonly #pieces = new Map<number, Kept>()

  constructor(writer: Writer, places: readonly number[], comma: string) {
    this.#writer = writer
    this.#places = places
    this.#comma = comma
  }

  piece(codes: Uint32Array): Piece {
    const places = this.#places
    let hash = 0
    for (let at = 0; at < places.length; at += 1) {
      hash = Math.imul(hash ^ (codes[places[at] as number] as number), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    // A map is fastest with numbers that need no object of their own.
    const key = hash & 0x3fffffff
    const known = this.#pieces.get(key)
    const piece = known !== undefined && this.#isOf(known, codes) ? known : this.#write(key, codes)
    piece.times += 1
    return piece
  }

  count(): void {
    for (const piece of this.#pieces.values()) this.#count(piece)
  }

  #count(piece: Kept): void {
    for (const why of piece.whys) addTo(this.#writer.counts, why, piece.times)
    piece.times = 0
  }

  #isOf(kept: Kept, codes: Uint32Array): boolean {
    const places = this.#places
    for (let at = 0; at < places.length; at += 1) {
      if (kept.codes[at] !== codes[places[at] as number]) return false
    }
    return true
  }

  #write(key: number, codes: Uint32Array): Kept {
    const own = this.#places.map((place) => codes[place] as number)
    const pieces = this.#places.map((place, at) => this.#writer.written(place, own[at] as number))
    const text = this.#comma + pieces.map((piece) => piece.text).join(',')
    const piece = { text, ...sumOf(pieces), codes: own, whys: pieces.map(({ why }) => why), times: 0 }
    const { room } = this.#writer
    if (room.left < text.length || this.#pieces.has(key)) this.#clear()
    if (room.left >= text.length) {
      room.left -= text.length
      this.#pieces.set(key, piece)
    } else {
      this.#count({ ...piece, times: 1 })
    }
    return piece
  }

  #clear(): void {
    this.count()
    for (const { text } of this.#pieces.values()) this.#writer.room.left += text.length
    this.#pieces.clear()
  }
}

function addTo(counts: Counts, why: string, times: number): void {
  if (times > 0) counts.set(why, (counts.get(why) ?? 0) + times)
}

/** What else an outcome says has no place of its own in the protocol, and is metadata of the flag. */
function answerOf(outcome: Outcome, shared: Metadata): object {
  const { flag, value, variant, reason, errorCode, errorMessage, ...more } = outcome
  if (errorCode !== undefined) return { key: flag, errorCode, errorDetails: errorMessage ?? '', metadata: shared }
  return { key: flag, reason, value, variant, metadata: { ...shared, ...more } }
}
