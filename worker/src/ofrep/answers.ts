import type { Outcome } from 'fader'
import type { Standing } from '../edge/edge.ts'
import type { Adopted } from '../edge/holding.ts'
import { fingerprintOf, sumOf, tagOf } from '../fingerprint.ts'
import { type Metadata, type Piece, Sheet } from './sheet.ts'

/** A body, and what tells it from all others. */
export interface Answer {
  readonly body: string
  readonly etag: string
}

/** Endings differ by the client token that is in them. Who sees more than that writes some again. */
const MAX_ENDINGS = 256

/** What answers of one revision are made of, all fresh or all stale. */
interface Stock {
  readonly shared: Metadata
  readonly sheet: Sheet
  /** Where the flags that clients may know stand among all outcomes. */
  readonly places: readonly number[]
  readonly endings: Map<string, Piece>
}

/** Writes the answers of what is adopted, and keeps the pieces of them as long as it is. */
export class Answers {
  #adopted: Adopted | undefined
  readonly #stocks = new Map<boolean, Stock>()

  /** One flag's answer. */
  one(standing: Standing, outcome: Outcome): Answer {
    const written = this.#stock(standing).sheet.one(outcome)
    return { body: written.text, etag: tagOf(written) }
  }

  /**
   * The answers of all flags that clients may know, of the outcomes of all flags in the engine's order. A client token
   * may stand in the answer to whoever sent it; the empty text stands for none.
   */
  all(standing: Standing, outcomes: readonly Outcome[], token: string): Answer {
    const stock = this.#stock(standing)
    const flags = stock.sheet.all(outcomes)
    const ending = endingFor(token, stock)
    return { body: `{"flags":[${flags.text}${ending.text}`, etag: tagOf(sumOf([flags, ending])) }
  }

  /** Those of the outcomes that clients are told of. */
  told(standing: Standing, outcomes: readonly Outcome[]): readonly Outcome[] {
    const { places } = this.#stock(standing)
    return places.length === outcomes.length ? outcomes : places.map((place) => outcomes[place] as Outcome)
  }

  #stock({ adopted, stale }: Standing): Stock {
    if (this.#adopted !== adopted) this.#stocks.clear()
    this.#adopted = adopted
    const stock = this.#stocks.get(stale) ?? newStock({ adopted, stale })
    this.#stocks.set(stale, stock)
    return stock
  }
}

function newStock({ adopted, stale }: Standing): Stock {
  const shared = {
    ...(adopted === undefined ? {} : { version: String(adopted.revision) }),
    ...(stale ? { stale } : {}),
  }
  const flags = adopted?.engine.flags ?? []
  const places = flags.flatMap((flag, place) => (adopted?.revealed.has(flag) ? [place] : []))
  return { shared, places, sheet: new Sheet(shared, places), endings: new Map() }
}

/** What stands after the flags: the revision, and for a client where changes are told of. */
function endingFor(token: string, { shared, endings }: Stock): Piece {
  const known = endings.get(token)
  if (known !== undefined) return known
  const streams = token === '' ? '' : `,"eventStreams":${JSON.stringify([streamFor(token)])}`
  const text = `],"metadata":${JSON.stringify(shared)}${streams}}`
  const ending = { text, ...fingerprintOf(text) }
  if (endings.size >= MAX_ENDINGS) endings.clear()
  endings.set(token, ending)
  return ending
}

/** Without an origin, so that it is found wherever the worker is reached. */
function streamFor(token: string): object {
  return { type: 'sse', endpoint: { requestUri: `/v1/stream?key=${encodeURIComponent(token)}` } }
}
