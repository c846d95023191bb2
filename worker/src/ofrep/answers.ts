import type { Context, Outcome } from 'fader'
import type { Standing } from '../edge/edge.ts'
import type { Adopted } from '../edge/holding.ts'
import { fingerprintOf, sumOf, tagOf } from '../fingerprint.ts'
import { Bodies } from './bodies.ts'
import { BEGINNING, type Metadata, type Piece, Sheet } from './sheet.ts'

/** A body, and what tells it from all others. */
export interface Answer {
  readonly body: string
  readonly etag: string
}

/** Endings differ by the client token that is in them. Who sees more than that writes some again. */
const MAX_ENDINGS = 256

/** What the answers of one revision are made of, all fresh or all stale. */
interface Stock {
  readonly ofAll: Metadata
  readonly sheet: Sheet
  /** Where the flags that clients may know stand among all flags. */
  readonly places: readonly number[]
  readonly endings: Map<string, Piece>
  readonly bodies: Bodies
}

/** Writes the answers of what is adopted, and keeps the pieces of them as long as it is. */
export class Answers {
  #adopted: Adopted | undefined
  readonly #stocks = new Map<boolean, Stock>()
  #counts = new Map<string, number>()

  /** One flag's answer. */
  one(adopted: Adopted, stale: boolean, outcome: Outcome): Answer {
    return answerOf(this.#stock(adopted, stale).sheet.one(outcome))
  }

  /**
   * The answers of all flags that clients may know, for one context. A client token may stand in the answer to whoever
   * sent it; the empty text stands for none.
   */
  all({ adopted, stale }: Standing, context: Context, token: string): Answer {
    if (adopted === undefined) return answerOf(joined([], endingOf(sharedBy(undefined, stale), token)))
    const stock = this.#stock(adopted, stale)
    const ending = endingIn(stock, token)
    const codes = adopted.engine.codes(context)
    if (codes === undefined) return answerOf(eachAlone(adopted, stock, { context, ending }))
    const etag = tagOf(stock.sheet.lay(codes, ending))
    return { etag, body: stock.bodies.get(etag, () => stock.sheet.laid) }
  }

  /** How often each outcome was given since this was asked last, in the words of reasons and error codes. */
  counted(): ReadonlyMap<string, number> {
    for (const { sheet } of this.#stocks.values()) sheet.count(this.#counts)
    const counts = this.#counts
    this.#counts = new Map()
    return counts
  }

  #forget(): void {
    for (const { sheet } of this.#stocks.values()) sheet.count(this.#counts)
    this.#stocks.clear()
  }

  #stock(adopted: Adopted, stale: boolean): Stock {
    if (this.#adopted !== adopted) this.#forget()
    this.#adopted = adopted
    const stock = this.#stocks.get(stale) ?? newStock(adopted, stale)
    this.#stocks.set(stale, stock)
    return stock
  }
}

function answerOf(piece: Piece): Answer {
  return { body: piece.text, etag: tagOf(piece) }
}

interface Asked {
  readonly context: Context
  readonly ending: Piece
}

/** Where the engine has no numbers, it still says of each flag why. */
function eachAlone({ engine }: Adopted, { sheet, places }: Stock, { context, ending }: Asked): Piece {
  const outcomes = engine.evaluateAll(context)
  const written = places.map((place) => sheet.one(outcomes[place] as Outcome))
  sheet.given(written)
  return joined(written, ending)
}

function joined(pieces: readonly Piece[], ending: Piece): Piece {
  const text = `${BEGINNING}${pieces.map((piece) => piece.text).join(',')}${ending.text}`
  return { text, ...sumOf([...pieces, ending]) }
}

function newStock(adopted: Adopted, stale: boolean): Stock {
  const { engine, revealed } = adopted
  const shared = sharedBy(adopted, stale)
  const places = engine.flags.flatMap((flag, place) => (revealed.has(flag) ? [place] : []))
  const ofAll = { ...shared, flagSetId: engine.environment }
  return { ofAll, places, sheet: new Sheet(engine, shared, places), endings: new Map(), bodies: new Bodies() }
}

/** The metadata that all flags have. */
function sharedBy(adopted: Adopted | undefined, stale: boolean): Metadata {
  return { ...(adopted === undefined ? {} : { version: String(adopted.revision) }), ...(stale ? { stale } : {}) }
}

function endingIn({ ofAll, endings }: Stock, token: string): Piece {
  const known = endings.get(token)
  if (known !== undefined) return known
  const ending = endingOf(ofAll, token)
  if (endings.size >= MAX_ENDINGS) endings.clear()
  endings.set(token, ending)
  return ending
}

/** What stands after the flags: revision and environment, and for a client where changes are told of. */
function endingOf(ofAll: Metadata, token: string): Piece {
  const streams = token === '' ? '' : `,"eventStreams":${JSON.stringify([streamFor(token)])}`
  const text = `],"metadata":${JSON.stringify(ofAll)}${streams}}`
  return { text, ...fingerprintOf(text) }
}

/** Without an origin, so that it is found wherever the worker is reached. */
function streamFor(token: string): object {
  return { type: 'sse', endpoint: { requestUri: `/v1/stream?key=${encodeURIComponent(token)}` } }
}
