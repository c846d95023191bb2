import type { Outcome } from 'fader'
import type { Standing } from '../edge/edge.ts'
import type { Adopted } from '../edge/holding.ts'
import { type Fingerprint, fingerprintOf, tagOf } from '../fingerprint.ts'

/** A body, and what tells it from all others. */
export interface Answer {
  readonly body: string
  readonly etag: string
}

/** A piece of a body. */
interface Piece extends Fingerprint {
  readonly text: string
}

/** What one flag gave, and how that is written. */
interface Written extends Piece {
  readonly outcome: Outcome
  /** With the comma that parts it from the one before. */
  readonly further: string
}

type Metadata = Readonly<Record<string, string | number | boolean>>

/** Endings differ by the client token that is in them. Who sees more than that writes some again. */
const MAX_ENDINGS = 256

/** The answers of one revision, all fresh or all stale: each piece of them is written once. */
class Sheet {
  readonly #shared: Metadata
  /** Where the flags that clients may know stand among all outcomes. */
  readonly #places: readonly number[]
  readonly #written = new Map<Outcome, Written>()
  /** What each place gave last, which it mostly gives again. */
  readonly #last: (Written | undefined)[] = []
  readonly #endings = new Map<string, Piece>()

  constructor(adopted: Adopted | undefined, stale: boolean) {
    const flags = adopted?.engine.flags ?? []
    this.#shared = {
      ...(adopted === undefined ? {} : { version: String(adopted.revision) }),
      ...(stale ? { stale } : {}),
    }
    this.#places = flags.flatMap((flag, place) => (adopted?.revealed.has(flag) ? [place] : []))
  }

  one(outcome: Outcome): Answer {
    const { text, parts } = this.#write(outcome)
    return { body: text, etag: tagOf(parts) }
  }

  /** All of them, ending with where changes are told of for a client token. */
  all(outcomes: readonly Outcome[], token: string): Answer {
    const ending = this.#ending(token)
    let [a, b, c, d] = ending.parts
    let body = '{"flags":['
    for (let at = 0; at < this.#places.length; at += 1) {
      const outcome = outcomes[this.#places[at] as number] as Outcome
      let written = this.#last[at]
      if (written?.outcome !== outcome) {
        written = this.#write(outcome)
        this.#last[at] = written
      }
      body += at === 0 ? written.text : written.further
      const { parts } = written
      a = (a + parts[0]) | 0
      b = (b + parts[1]) | 0
      c = (c + parts[2]) | 0
      d = (d + parts[3]) | 0
    }
    return { body: body + ending.text, etag: tagOf([a, b, c, d]) }
  }

  #write(outcome: Outcome): Written {
    const known = this.#written.get(outcome)
    if (known !== undefined) return known
    const text = JSON.stringify(answerOf(outcome, this.#shared))
    const written = { outcome, text, further: `,${text}`, ...fingerprintOf(text) }
    // The engine gives one and the same object for one outcome, but makes a new one for each failure.
    if (outcome.errorCode === undefined) this.#written.set(outcome, written)
    return written
  }

  #ending(token: string): Piece {
    const known = this.#endings.get(token)
    if (known !== undefined) return known
    const streams = token === '' ? '' : `,"eventStreams":${JSON.stringify([streamFor(token)])}`
    const text = `],"metadata":${JSON.stringify(this.#shared)}${streams}}`
    const ending = { text, ...fingerprintOf(text) }
    if (this.#endings.size >= MAX_ENDINGS) this.#endings.clear()
    this.#endings.set(token, ending)
    return ending
  }
}

/** Writes the answers of what is adopted, and keeps the pieces as long as it is. */
export class Answers {
  #adopted: Adopted | undefined
  #fresh: Sheet | undefined
  #stale: Sheet | undefined

  /** One flag's answer. */
  one(standing: Standing, outcome: Outcome): Answer {
    return this.#sheet(standing).one(outcome)
  }

  /**
   * The answers of all flags that clients may know, of the outcomes of all flags in the engine's order. A client token
   * may stand in the answer to whoever sent it; the empty text stands for none.
   */
  all(standing: Standing, outcomes: readonly Outcome[], token: string): Answer {
    return this.#sheet(standing).all(outcomes, token)
  }

  #sheet({ adopted, stale }: Standing): Sheet {
    if (this.#adopted !== adopted) {
      this.#adopted = adopted
      this.#fresh = undefined
      this.#stale = undefined
    }
    if (stale) {
      this.#stale ??= new Sheet(adopted, stale)
      return this.#stale
    }
    this.#fresh ??= new Sheet(adopted, stale)
    return this.#fresh
  }
}

/** Without an origin, so that it is found wherever the worker is reached. */
function streamFor(token: string): object {
  return { type: 'sse', endpoint: { requestUri: `/v1/stream?key=${encodeURIComponent(token)}` } }
}

/** The rule and the arm have no place of their own in the protocol, and are metadata of the flag. */
function answerOf(outcome: Outcome, shared: Metadata): object {
  const { flag, value, variant, reason, rule, arm, errorCode, errorMessage } = outcome
  if (errorCode !== undefined) return { key: flag, errorCode, errorDetails: errorMessage ?? '', metadata: shared }
  const metadata = { ...shared, ...(rule === undefined ? {} : { rule }), ...(arm === undefined ? {} : { arm }) }
  return { key: flag, reason, value, variant, metadata }
}
