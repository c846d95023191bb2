import { decodeText, isObject } from '../json.ts'
import { Problem } from '../problem.ts'
import { type Loss, losses } from './row.ts'

const MOST_EVENTS = 1000
/** One life does not number more events, so that sums over very many lives are still exact. */
const MOST_NUMBER = 1_000_000_000
/** 16 bytes in base64url. */
const LIFE = /^[A-Za-z0-9_-]{22}$/

/** One event of which so much is known that a sender can be told what became of it. */
export interface Numbered extends Record<string, unknown> {
  readonly n: number
}

/** A batch of which the frame is right. What stands in its events and units is not looked at yet. */
export interface Batch {
  readonly life: string
  readonly sent: number
  readonly units: readonly unknown[]
  readonly events: readonly Numbered[]
  readonly dropped: Readonly<Partial<Record<Loss, number>>>
}

/** Reads a batch. Throws `bad-request`, which names the place and what should stand there, and never what stands there. */
export function batchOf(bytes: Uint8Array): Batch {
  const body = parse(bytes)
  if (!isObject(body)) throw wrong('The body', 'a JSON object')
  const { format, life, sent, units, events, dropped = {} } = body
  if (format !== 1) throw wrong('`format`', '1; this worker reads no other')
  if (typeof life !== 'string' || !LIFE.test(life)) throw wrong('`life`', '16 random bytes in base64url')
  if (!isTime(sent)) throw wrong('`sent`', 'the moment of sending, in milliseconds since 1970')
  return { life, sent, units: list(units, 'units'), events: numbered(list(events, 'events')), dropped: lost(dropped) }
}

/** Milliseconds that a date can be. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length <= MOST_EVENTS) return value
  throw wrong(`\`${name}\``, `a list of ${MOST_EVENTS} at most; send the others in a batch of their own`)
}

/** An event without a number could be neither told from others nor answered, so there the whole batch is refused. */
function numbered(events: readonly unknown[]): readonly Numbered[] {
  const at = events.findIndex((event) => !isNumbered(event))
  if (at < 0) return events as readonly Numbered[]
  throw wrong(
    `\`events[${at}].n\``,
    `a whole number from 1 to ${MOST_NUMBER}; number the events of a life from 1, without gaps`,
  )
}

function isNumbered(event: unknown): event is Numbered {
  return isObject(event) && Number.isSafeInteger(event.n) && Number(event.n) >= 1 && Number(event.n) <= MOST_NUMBER
}

function lost(value: unknown): Batch['dropped'] {
  if (!isObject(value)) throw wrong('`dropped`', 'an object with a count for each reason')
  const dropped: Partial<Record<Loss, number>> = {}
  for (const [name, count] of Object.entries(value)) {
    if (!Number.isSafeInteger(count) || Number(count) < 0 || Number(count) > MOST_NUMBER) {
      throw wrong('`dropped`', `an object of counts from 0 to ${MOST_NUMBER}, one for each reason`)
    }
    const reason = losses.find((known) => known === name) ?? 'other'
    dropped[reason] = Math.min(MOST_NUMBER, (dropped[reason] ?? 0) + Number(count))
  }
  return dropped
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes))
  } catch {
    // The parser's own message would repeat pieces of the body.
    throw new Problem('not-json', 'Send one batch as a JSON object in UTF-8.')
  }
}

function wrong(place: string, wanted: string): Problem {
  return new Problem('bad-request', `${place} must be ${wanted}.`)
}
