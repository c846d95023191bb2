import type { Context, Engine, ErrorCode, Outcome } from '../types.js'
import { messageOf } from './command.js'
import { parseTime } from './time.js'

/** Whole lines of a batch, as UTF-8. */
export interface Piece {
  readonly bytes: Uint8Array
  /** The number of the first line, counted from one. */
  readonly first: number
}

/** Answers JSON lines of {flag, context, now?}, in order, a line each. */
export class Answers {
  readonly #engine: Engine
  readonly #now: number
  /** Outcomes are the same objects each time, so each is written out once. */
  readonly #written = new WeakMap<Outcome, string>()

  constructor(engine: Engine, now: number) {
    this.#engine = engine
    this.#now = now
  }

  /** Returns a line for each line. */
  to({ bytes, first }: Piece): string {
    // Only the file itself may begin with a byte order mark, and not a line that happens to begin a piece.
    const lines = new TextDecoder('utf-8', { ignoreBOM: first > 1 }).decode(bytes).split('\n')
    if (lines.at(-1) === '') lines.pop()
    return lines.map((line, at) => `${this.#answer(line, first + at)}\n`).join('')
  }

  #answer(line: string, number: number): string {
    let request: unknown
    try {
      request = JSON.parse(line)
    } catch (cause) {
      return refuse('PARSE_ERROR', `line ${number} is not JSON: ${messageOf(cause)}`)
    }
    if (typeof request !== 'object' || request === null) {
      return refuse('PARSE_ERROR', `line ${number} is no object; write {"flag": …, "context": …}`)
    }
    const { flag, context = {}, now = this.#now } = request as { flag?: unknown; context?: Context; now?: unknown }
    if (typeof flag !== 'string') return refuse('PARSE_ERROR', `line ${number} names no flag; write {"flag": "key", …}`)
    const instant = parseTime(now)
    if (instant === undefined) {
      const message = `\`now\` in line ${number} is no instant; write RFC 3339, or milliseconds since 1970`
      return refuse('PARSE_ERROR', message, flag)
    }
    return this.#write(this.#engine.evaluate(flag, context, instant))
  }

  #write(outcome: Outcome): string {
    let text = this.#written.get(outcome)
    if (text === undefined) {
      text = JSON.stringify(outcome)
      this.#written.set(outcome, text)
    }
    return text
  }
}

function refuse(errorCode: ErrorCode, errorMessage: string, flag: string | null = null): string {
  return JSON.stringify({ flag, value: null, variant: null, reason: 'ERROR', errorCode, errorMessage })
}
