import type { Outcome } from 'fader'
import { type Fingerprint, fingerprintOf, sumOf } from '../fingerprint.ts'

/** A piece of a body. */
export interface Piece extends Fingerprint {
  readonly text: string
}

/** How one outcome is written. */
export interface Written extends Piece {
  readonly outcome: Outcome
}

export type Metadata = Readonly<Record<string, string | number | boolean>>

/** So many flags are written as one piece: few enough that what they give together comes again and again. */
const FLAGS_IN_BLOCK = 4
/** A flag with more outcomes than that has pieces of its block written anew. */
const MAX_OUTCOMES = 128
/** How many characters the blocks of a sheet keep together. */
const KEPT_CHARACTERS = 4 * 1024 * 1024

/** How the outcomes of one revision are written, all fresh or all stale: each of them once. */
export class Sheet {
  readonly #shared: Metadata
  readonly #written = new Map<Outcome, Written>()
  readonly #blocks: readonly Block[]

  /** `places` has where the flags that are to be written stand among all outcomes. */
  constructor(shared: Metadata, places: readonly number[]) {
    this.#shared = shared
    const room = { left: KEPT_CHARACTERS }
    const count = Math.ceil(places.length / FLAGS_IN_BLOCK)
    this.#blocks = Array.from({ length: count }, (_, at) => {
      const own = places.slice(at * FLAGS_IN_BLOCK, (at + 1) * FLAGS_IN_BLOCK)
      return new Block(this, own, { room, comma: at === 0 ? '' : ',' })
    })
  }

  /** How one outcome is written. */
  one(outcome: Outcome): Written {
    const known = this.#written.get(outcome)
    if (known !== undefined) return known
    const text = JSON.stringify(answerOf(outcome, this.#shared))
    const written = { outcome, text, ...fingerprintOf(text) }
    // The engine gives one and the same object for one outcome, but makes a new one for each failure.
    if (outcome.errorCode === undefined) this.#written.set(outcome, written)
    return written
  }

  /** How the outcomes of all flags are written, without anything around them. */
  all(outcomes: readonly Outcome[]): Piece {
    let text = ''
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (const block of this.#blocks) {
      const piece = block.piece(outcomes)
      text += piece.text
      a = (a + piece.a) | 0
      b = (b + piece.b) | 0
      c = (c + piece.c) | 0
      d = (d + piece.d) | 0
    }
    return { text, a, b, c, d }
  }
}

/** A few flags that stand beside each other. */
class Block {
  readonly #sheet: Sheet
  readonly #places: readonly number[]
  readonly #comma: string
  /** What there is room for in all blocks together. */
  readonly #room: { left: number }
  /** What each flag gave so far. */
  readonly #seen: readonly Written[][]
  /** By the numbers of what the flags gave, put together. */
  readonly #pieces = new Map<number, Piece>()

  constructor(sheet: Sheet, places: readonly number[], { room, comma }: { room: { left: number }; comma: string }) {
    this.#sheet = sheet
    this.#places = places
    this.#room = room
    this.#comma = comma
    this.#seen = places.map(() => [])
  }

  piece(outcomes: readonly Outcome[]): Piece {
    let key = 0
    for (let at = 0; at < this.#places.length; at += 1) {
      const number = this.#numberOf(at, outcomes[this.#places[at] as number] as Outcome)
      if (number < 0) return this.#write(outcomes)
      key = key * MAX_OUTCOMES + number
    }
    const known = this.#pieces.get(key)
    if (known !== undefined) return known
    const piece = this.#write(outcomes)
    this.#keep(key, piece)
    return piece
  }

  /** The number of an outcome among those that its flag gave; negative where it has none. */
  #numberOf(at: number, outcome: Outcome): number {
    const seen = this.#seen[at] as Written[]
    for (let number = 0; number < seen.length; number += 1) if (seen[number]?.outcome === outcome) return number
    if (outcome.errorCode !== undefined || seen.length >= MAX_OUTCOMES) return -1
    return seen.push(this.#sheet.one(outcome)) - 1
  }

  #write(outcomes: readonly Outcome[]): Piece {
    const written = this.#places.map((place) => this.#sheet.one(outcomes[place] as Outcome))
    return { text: this.#comma + written.map(({ text }) => text).join(','), ...sumOf(written) }
  }

  #keep(key: number, piece: Piece): void {
    if (this.#room.left < piece.text.length) {
      for (const { text } of this.#pieces.values()) this.#room.left += text.length
      this.#pieces.clear()
    }
    if (this.#room.left < piece.text.length) return
    this.#room.left -= piece.text.length
    this.#pieces.set(key, piece)
  }
}

/** The rule and the arm have no place of their own in the protocol, and are metadata of the flag. */
function answerOf(outcome: Outcome, shared: Metadata): object {
  const { flag, value, variant, reason, rule, arm, errorCode, errorMessage } = outcome
  if (errorCode !== undefined) return { key: flag, errorCode, errorDetails: errorMessage ?? '', metadata: shared }
  const metadata = { ...shared, ...(rule === undefined ? {} : { rule }), ...(arm === undefined ? {} : { arm }) }
  return { key: flag, reason, value, variant, metadata }
}
