import { evictAllDurableObjects, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Delivery, Receipt, Row } from '../../worker/src/events/row.ts'
import { Book } from '../../worker/src/objects/book.ts'
import { dice } from './dice.ts'
import { accountOf, batch, event, newLife, numbers, rowsOf, send } from './happened.ts'
import { env, grantTokens, type Isolate, isolate } from './isolate.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR

let worker: Isolate

beforeEach(async () => {
  await reset()
  await grantTokens()
  worker = isolate()
})

const wrong = (n: number) => event(n, { at: 'never' })
const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

describe('an event', () => {
  it.each<[string, (readonly unknown[])[], Receipt, object]>([
    [
      'that comes twice in one batch is stored once',
      [[event(1), event(1), event(2)]],
      { stored: 2, duplicate: 1, rejected: [] },
      { generated: 2, stored: 2, duplicates: 1, missing: 0 },
    ],
    [
      'that comes in two batches is stored once',
      [
        [event(1), event(2)],
        [event(2), event(3)],
      ],
      { stored: 1, duplicate: 1, rejected: [] },
      { generated: 3, stored: 3, duplicates: 1, missing: 0 },
    ],
    [
      'that comes late fills its gap',
      [[event(3)], [event(1)]],
      { stored: 1, duplicate: 0, rejected: [] },
      { generated: 3, stored: 2, missing: 1 },
    ],
    [
      'that is rejected is counted once, and said to be so each time',
      [
        [wrong(1), event(2)],
        [wrong(1), wrong(1), event(2)],
      ],
      { stored: 0, duplicate: 2, rejected: [{ n: 1, reason: 'time' }] },
      { generated: 2, stored: 1, rejected: { time: 1 }, duplicates: 3, missing: 0 },
    ],
    [
      'that was stored is not rejected later',
      [[event(1)], [wrong(1)]],
      { stored: 0, duplicate: 1, rejected: [] },
      { generated: 1, stored: 1, rejected: {}, duplicates: 1 },
    ],
    [
      'that was rejected is not stored later',
      [[wrong(1)], [event(1)]],
      { stored: 0, duplicate: 0, rejected: [{ n: 1, reason: 'time' }] },
      { generated: 1, stored: 0, rejected: { time: 1 }, duplicates: 1 },
    ],
  ])('%s', async (_, batches, receipt, account) => {
    const life = newLife()
    let last: unknown
    for (const events of batches) last = (await send(worker, batch(life, events))).body
    expect(last).toEqual(receipt)
    expect((await accountOf(worker, life)).body).toMatchObject(account)
    expect((await accountOf(worker)).body).toMatchObject({ lives: 1, ...account })
  })

  it('is stored once whoever sends it at the same moment', async () => {
    const lives = Array.from({ length: 10 }, newLife)
    // Each life has five senders, which all have the same hundred events, in pieces that overlap.
    const senders = lives.flatMap((life) => [0, 10, 20, 30, 40].map((first) => ({ life, first })))
    const receipts = await Promise.all(
      senders.map(async ({ life, first }) => {
        const events = numbers(first + 1, first + 60).map((n) => (n % 10 === 0 ? wrong(n) : event(n)))
        return (await send(isolate(), batch(life, events))).body
      }),
    )
    expect(receipts.reduce((all, { stored }) => all + stored, 0)).toBe(10 * 90)
    for (const { stored, duplicate, rejected } of receipts) expect(stored + duplicate + rejected.length).toBe(60)
    for (const life of lives) expect(await rowsOf(life)).toHaveLength(100)
    expect((await accountOf(worker)).body).toEqual({
      environment: 'production',
      lives: 10,
      generated: 1000,
      stored: 900,
      duplicates: 10 * 200,
      rejected: { time: 100 },
      dropped: {},
      missing: 0,
    })
  })

  it('is known after the ledger began anew', async () => {
    const life = newLife()
    await send(worker, batch(life, [event(1), wrong(2)], { dropped: { overflow: 2 } }))
    await evictAllDurableObjects()
    expect((await send(isolate(), batch(life, [event(1), wrong(2), event(5)]))).body).toEqual({
      stored: 1,
      duplicate: 1,
      rejected: [{ n: 2, reason: 'time' }],
    })
    await evictAllDurableObjects()
    expect((await accountOf(isolate(), life)).body).toMatchObject({
      generated: 5,
      stored: 2,
      duplicates: 2,
      rejected: { time: 1 },
      dropped: { overflow: 2 },
      missing: 0,
    })
  })
})

describe('the account', () => {
  it('has what was lost without anybody having said so', async () => {
    const life = newLife()
    await send(worker, batch(life, [event(1), event(10)], { dropped: { consent: 3 } }))
    const { body } = await accountOf(worker, life)
    expect(body).toMatchObject({ environment: 'production', generated: 10, stored: 2, missing: 5, highest: 10 })
    expect(body.last).toBeGreaterThanOrEqual(body.first)
  })

  it('of a life that nobody knows is not found, and of what is no life is not asked for', async () => {
    expect((await accountOf(worker, newLife())).status).toBe(404)
    expect((await accountOf(worker, 'abc')).status).toBe(400)
    expect((await accountOf(worker, "'%20OR%201=1--")).status).toBe(400)
  })

  it('is spread over the ledgers, and is the sum of them', async () => {
    const lives = Array.from({ length: 40 }, newLife)
    await Promise.all(lives.map((life) => send(worker, batch(life, [event(1)]))))
    const each = await Promise.all([0, 1, 2, 3].map((shard) => env.LEDGER.getByName(`production/${shard}`).account()))
    for (const { lives: some } of each) expect(some).toBeGreaterThan(0)
    expect(each.reduce((sum, { stored }) => sum + stored, 0)).toBe(40)
    expect((await accountOf(worker)).body).toMatchObject({ lives: 40, stored: 40 })
  })

  it('is of one environment', async () => {
    const life = newLife()
    await send(worker, batch(life, [event(1)]))
    const other = isolate({ env: { ENVIRONMENT: 'staging' } })
    expect(await other.services.ledgers.account()).toMatchObject({ lives: 0, stored: 0 })
    expect(await other.services.ledgers.life(life)).toBeNull()
  })

  it.each(['0', '-1', '1.5', 'many', '257', ' '])('is not asked of %j ledgers', (LEDGER_SHARDS) => {
    expect(() => isolate({ env: { LEDGER_SHARDS } })).toThrow('LEDGER_SHARDS')
  })
})

/** A book of its own in a real ledger, with a clock that stands until it is moved. */
async function inBook<T>(
  work: (book: Book, time: { now: number }, sql: SqlStorage) => T,
  options: { mostBytes?: number } = {},
): Promise<T> {
  return await runInDurableObject(env.LEDGER.getByName('book/0'), (_, { storage }) => {
    const time = { now: Date.UTC(2026, 10, 21, 12) }
    return work(new Book(storage, { now: () => time.now, ...options }), time, storage.sql)
  })
}

const delivery = (life: string, rows: readonly number[], dropped: Delivery['dropped'] = {}): Delivery => ({
  life,
  dropped,
  rows: rows.map((n): Row => (n < 0 ? { n: -n, at: 0, rejected: 'kind' } : { n, at: 0, units: '{}', name: 'a' })),
})
const countOf = (sql: SqlStorage, table: 'event' | 'life') =>
  sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).one().count

/** Forgets until there is nothing more to forget now. */
function forgetAll(book: Book) {
  for (let turn = 0; turn < 1000; turn += 1) {
    const left = book.forget()
    if (left !== 'now') return left
  }
  throw new Error('it does not end')
}

describe('a book', () => {
  it('balances whatever comes, in whatever order', async () => {
    const roll = dice(7)
    await inBook((book, time) => {
      const kept = new Map<string, Map<number, boolean>>()
      for (let turn = 0; turn < 2000; turn += 1) {
        const life = `life-${roll(20)}`
        const mine = kept.get(life) ?? new Map<number, boolean>()
        kept.set(life, mine)
        const rows = Array.from({ length: roll(8) }, () => (1 + roll(300)) * (roll(5) === 0 ? -1 : 1))
        for (const n of rows) if (!mine.has(Math.abs(n))) mine.set(Math.abs(n), n > 0)
        const receipt = book.record(delivery(life, rows, { overflow: roll(10) })) as Receipt
        expect(receipt.stored + receipt.duplicate + receipt.rejected.length).toBe(rows.length)
        time.now += roll(1000)
      }
      const fates = [...kept.values()].flatMap((mine) => [...mine.values()])
      const { stored, rejected, generated, dropped, missing } = book.account()
      expect(stored).toBe(fates.filter((isStored) => isStored).length)
      expect(rejected).toEqual({ kind: fates.filter((isStored) => !isStored).length })
      expect(generated).toBe(stored + sumOf(rejected) + sumOf(dropped) + missing)
      const lives = [...kept.keys()].map((life) => book.life(life))
      expect(lives.reduce((sum, life) => sum + (life?.missing ?? 0), 0)).toBe(missing)
    })
  })

  it('forgets events after two days and lives after thirty, and keeps the account', async () => {
    await inBook((book, time, sql) => {
      book.record(delivery('a', numbers(1, 2500)))
      time.now += 47 * HOUR
      book.record(delivery('b', [1, -2]))
      expect(forgetAll(book)).toBe('later')
      expect(countOf(sql, 'event')).toBe(2502)
      time.now += HOUR
      expect(forgetAll(book)).toBe('later')
      expect(countOf(sql, 'event')).toBe(2)
      time.now += 2 * DAY
      expect(forgetAll(book)).toBe('later')
      expect([countOf(sql, 'event'), countOf(sql, 'life')]).toEqual([0, 2])
      time.now += 30 * DAY
      expect(forgetAll(book)).toBe('never')
      expect(countOf(sql, 'life')).toBe(0)
      expect(book.account()).toMatchObject({
        lives: 2,
        generated: 2502,
        stored: 2501,
        rejected: { kind: 1 },
        missing: 0,
      })
    })
  })

  it('takes what it has forgotten for a duplicate, and what is new for new', async () => {
    await inBook((book, time) => {
      book.record(delivery('a', [1, -2, 3, 5]))
      time.now += 3 * DAY
      forgetAll(book)
      expect(book.record(delivery('a', [1, -2, 5, 6]))).toEqual({ stored: 1, duplicate: 3, rejected: [] })
      expect(book.life('a')).toMatchObject({ generated: 6, stored: 4, rejected: { kind: 1 }, missing: 1 })
    })
  })

  it('forgets what is old of a life that goes on', async () => {
    await inBook((book, time, sql) => {
      for (const turn of numbers(0, 99)) {
        book.record(delivery('server', numbers(turn * 100 + 1, turn * 100 + 100)))
        time.now += HOUR
        forgetAll(book)
      }
      // At one go it forgets a thousand, and only where all of them are old.
      expect(countOf(sql, 'event')).toBeLessThanOrEqual(60 * 100)
      expect(countOf(sql, 'event')).toBeGreaterThanOrEqual(47 * 100)
      expect(book.life('server')).toMatchObject({ generated: 10_000, stored: 10_000, missing: 0 })
    })
  })

  it('that is full says so, and writes nothing', async () => {
    await inBook((book) => expect(book.record(delivery('a', [1]))).toBe('full'), { mostBytes: 1 })
    await inBook((book) => expect(book.account()).toMatchObject({ lives: 0 }))
  })
})

describe('a ledger', () => {
  it('wakes up to forget as long as there is anything to', async () => {
    const ledger = env.LEDGER.getByName('alarm/0')
    await ledger.record(delivery('a', [1]))
    expect(await runDurableObjectAlarm(ledger)).toBe(true)
    expect(await runDurableObjectAlarm(ledger)).toBe(true)
    await evictAllDurableObjects()
    await ledger.record(delivery('a', [2]))
    expect(await runDurableObjectAlarm(ledger)).toBe(true)
    await runInDurableObject(ledger, (_, { storage }) => {
      storage.sql.exec('DELETE FROM event')
      storage.sql.exec('UPDATE life SET due = 0, last = 0')
    })
    expect(await runDurableObjectAlarm(ledger)).toBe(true)
    expect(await runDurableObjectAlarm(ledger)).toBe(false)
    await ledger.record(delivery('b', [1]))
    expect(await runDurableObjectAlarm(ledger)).toBe(true)
  })
})
