import { runInDurableObject } from 'cloudflare:test'
import type { Account } from '../../worker/src/events/account.ts'
import type { Receipt, Row } from '../../worker/src/events/row.ts'
import type { LifeAccount } from '../../worker/src/objects/book.ts'
import { env, type Isolate } from './isolate.ts'
import { CLIENT_TOKEN } from './token.ts'

/** A life that nobody else has. */
export function newLife(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export const exposure = { flag: 'search', variant: 'better', rule: 'sweden', reason: 'TARGETING_MATCH', revision: 1 }

/** An event as the client makes it, but for what is different. */
export const event = (n: number, more: object = {}) => ({ n, at: Date.now(), units: 0, exposure, ...more })

/** A batch as the client sends it, but for what is different. */
export const batch = (life: string, events: readonly unknown[], more: object = {}) => ({
  format: 1,
  life,
  sent: Date.now(),
  units: [{ userId: 'u-1' }],
  events,
  dropped: {},
  ...more,
})

/** Numbers in a row. */
export const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

interface Answer extends Receipt {
  readonly type: string
  readonly detail: string
}

/** Sends a batch as a page does, and gives what came of it. */
export async function send(on: Isolate, body: unknown, init: RequestInit = {}) {
  const response = await on.fetch(`/v1/events?key=${CLIENT_TOKEN}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
  return { status: response.status, headers: response.headers, body: await response.json<Answer>() }
}

/** What the worker says of all events, or of one life. */
export async function accountOf(on: Isolate, life?: string) {
  const response = await on.admin(`/v1/admin/events${life === undefined ? '' : `?life=${life}`}`)
  return { status: response.status, body: await response.json<Account & LifeAccount & { environment: string }>() }
}

/** The rows of a life, from whichever ledger has them. */
export async function rowsOf(life: string): Promise<(Row & { life: string; received: number })[]> {
  const shards = await Promise.all(
    [0, 1, 2, 3].map((shard) =>
      runInDurableObject(env.LEDGER.getByName(`production/${shard}`), (_, { storage }) => [
        ...storage.sql.exec('SELECT * FROM event WHERE life = ? ORDER BY n', life),
      ]),
    ),
  )
  return shards.flat() as unknown as (Row & { life: string; received: number })[]
}
