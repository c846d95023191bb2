import { readBody } from '../body.ts'
import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'
import { type Batch, batchOf, isTime, type Numbered } from './batch.ts'
import { contentOf } from './event.ts'
import type { Receipt, Row } from './row.ts'

const MAX_BODY_BYTES = 256 * 1024
/** A clock that is less wrong than this is left as it is: the way here takes time as well. */
const SKEW_MS = 5000
/** Nothing is believed to have happened longer ago, or later than now. */
const PAST_MS = 48 * 3600 * 1000

/**
 * Stores a batch of events, and answers with the receipt when that is done.
 *
 * Its content type is not looked at: a page that is closing sends `text/plain`, because anything else would have to be
 * asked for first. What parses as JSON is JSON.
 */
export async function record(call: Call): Promise<Response> {
  const batch = batchOf(await readBody(call.request, MAX_BODY_BYTES))
  const { life, dropped } = batch
  const rows = await rowsOf(call, batch)
  try {
    const receipt = await call.services.ledgers.record({ life, rows, dropped })
    count(call, receipt)
    return Response.json(receipt, { headers: { 'cache-control': 'no-store' } })
  } catch (cause) {
    if (cause instanceof Problem) countAs(call, 'shed', cause.kind, rows.length)
    throw cause
  }
}

async function rowsOf({ services }: Call, { sent, units, events }: Batch): Promise<Row[]> {
  const now = Date.now()
  const skewMs = Math.abs(now - sent) > SKEW_MS ? now - sent : 0
  const used = new Set(events.map((event) => event.units).filter((index) => isIndexOf(index, units)))
  const hashed = new Map(
    await Promise.all(Array.from(used, async (index) => [index, await services.pseudonyms.of(units[index])] as const)),
  )
  return events.map((event) => {
    const at = isTime(event.at) ? Math.round(Math.min(now, Math.max(now - PAST_MS, event.at + skewMs))) : undefined
    return rowOf(event, at ?? now, { isTimed: at !== undefined, units: hashed.get(event.units as number) })
  })
}

interface Known {
  readonly isTimed: boolean
  readonly units: string | undefined
}

function rowOf(event: Numbered, at: number, { isTimed, units }: Known): Row {
  const { n } = event
  if (!isTimed) return { n, at, rejected: 'time' }
  if (units === undefined) return { n, at, rejected: 'units' }
  const content = contentOf(event)
  return typeof content === 'string' ? { n, at, rejected: content } : { n, at, units, ...content }
}

function isIndexOf(value: unknown, list: readonly unknown[]): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < list.length
}

function count(call: Call, { stored, duplicate, rejected }: Receipt): void {
  countAs(call, 'stored', '', stored)
  countAs(call, 'duplicate', '', duplicate)
  for (const { reason } of rejected) countAs(call, 'rejected', reason, 1)
}

type Fate = 'stored' | 'duplicate' | 'rejected' | 'shed'

function countAs({ services }: Call, fate: Fate, why: string, events: number): void {
  if (events > 0) services.metrics.add('recorded', { fate, why }, events)
}
