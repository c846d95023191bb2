import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Recorder } from '../../js/src/events/event.ts'
import { createRecorder, type RecorderOptions } from '../../js/src/events/recorder.ts'
import { EventsServer, measured, TestLocks, TestMemory, TestPage } from './support/events.ts'

const HOUR_MS = 3_600_000
let server: EventsServer
let memory: TestMemory
let locks: TestLocks
let recorders: Recorder[] = []

beforeEach(async () => {
  server = await EventsServer.start()
  memory = new TestMemory()
  locks = new TestLocks()
})

afterEach(async () => {
  for (const each of recorders.splice(0)) each.close()
  await server.stop()
})

const offline = () => Promise.reject(new TypeError('Failed to fetch'))
const noBeacon = () => true

interface Life {
  readonly page: TestPage
  readonly made: Recorder
}

function live(options: Partial<RecorderOptions> = {}, page = new TestPage(noBeacon, locks)): Life {
  const made = createRecorder({ address: server.address, memory, flushIntervalMs: HOUR_MS, page, ...options })
  recorders.push(made)
  return { page, made }
}

/** A life that recorded so many values and ended without network, and the record that it left. */
function past(count: number, options: Partial<RecorderOptions> = {}, page = new TestPage(noBeacon, locks)): void {
  const { now = Date.now } = options
  page.navigator.onLine = false
  const { made } = live({ fetch: offline, ...options }, page)
  for (let value = 0; value < count; value += 1) made.record({ ...measured('load', value), at: now() })
  page.hide()
  locks.end(page)
  recorders = recorders.filter((each) => each !== made)
}

const account = () => server.ledger.account()
const soon = (expected: object) => expect.poll(account, { timeout: 3000 }).toMatchObject(expected)
const records = () => [...memory.kept.keys()].filter((key) => /:events:/.test(key))
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a life that is over', () => {
  it('is delivered by the next, under its own name and numbers', async () => {
    past(5)
    live()
    await soon({ stored: 5, missing: 0 })
    expect(server.ledger.events.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
    await expect.poll(records).toEqual([])
  })

  it('is delivered by exactly one of five tabs that open at once', async () => {
    for (let life = 0; life < 4; life += 1) past(3)
    for (let tab = 0; tab < 5; tab += 1) live()
    await soon({ stored: 12, duplicate: 0, lives: 4 })
    await expect.poll(records).toEqual([])
  })

  it('is delivered by another tab when the one that had begun ends', async () => {
    past(3)
    const first = live({ fetch: () => new Promise(() => {}) })
    await pause(20)
    live()
    await pause(50)
    expect(account().stored).toBe(0)
    first.page.hide()
    locks.end(first.page)
    await pause(20)
    live()
    await soon({ stored: 3, duplicate: 0 })
  })

  it('is delivered by a tab that comes to the front, though no new one is opened', async () => {
    const { page } = live()
    past(3)
    page.turn('visible')
    await soon({ stored: 3 })
  })

  it('is left alone as long as it goes on', async () => {
    const { made } = live({ fetch: offline })
    made.record(measured('load', 1))
    await made.flush()
    expect(records()).toHaveLength(1)
    const other = live()
    await other.made.flush()
    await pause(50)
    expect(account().stored).toBe(0)
  })

  it('may be that of a page whose visitor comes back to it, and then begins another', async () => {
    const page = new TestPage(noBeacon, locks)
    const { made } = live(
      { fetch: (...asked) => (page.document.visibilityState === 'hidden' ? offline() : fetch(...asked)) },
      page,
    )
    made.record(measured('load', 1))
    page.hide()
    await pause(20)
    live()
    await soon({ stored: 1 })
    page.comeBack()
    made.record(measured('load', 2))
    await made.flush()
    await soon({ stored: 2, missing: 0, lives: 2 })
    expect(server.ledger.conflicts).toBe(0)
    await expect.poll(records).toEqual([])
  })

  it.each([
    ['47 hours ago is delivered', 47, { stored: 2, dropped: {} }],
    ['49 hours ago is dropped and counted', 49, { stored: 0, dropped: { expired: 2 } }],
    ['months from now, by a clock that was set back, is delivered', -2000, { stored: 2, dropped: {} }],
  ])('that was %s', async (_, hours, expected) => {
    past(2, { now: () => Date.now() - hours * HOUR_MS })
    live()
    await soon({ missing: 0, ...expected })
    await expect.poll(records).toEqual([])
  })

  it('that may have been heard long ago is sent nevertheless, because the worker knows', async () => {
    const page = new TestPage((body) => server.ledger.take(body).stored > 0, locks)
    const long = Date.now() - 1000 * HOUR_MS
    const { made } = live({ fetch: offline, now: () => long }, page)
    made.record({ ...measured('load', 1), at: long })
    page.hide()
    locks.end(page)
    live()
    await soon({ stored: 1, duplicate: 1, dropped: {}, missing: 0 })
  })

  it('goes on where the life before came to, which took it over and ended as well', async () => {
    const large = new TestPage(noBeacon, locks)
    large.navigator.onLine = false
    const { made } = live({ fetch: offline }, large)
    for (let at = 0; at < 300; at += 1) made.record(measured(`${'load-'.repeat(80)}${at}`, at))
    large.hide()
    locks.end(large)
    let answers = 1
    const once: typeof fetch = (...request) => (answers-- > 0 ? fetch(...request) : offline())
    const between = live({ fetch: once })
    await expect.poll(() => account().stored).toBeGreaterThan(0)
    await expect.poll(() => answers).toBeLessThan(0)
    between.page.hide()
    locks.end(between.page)
    await pause(10)
    live()
    await soon({ stored: 300, duplicate: 0, missing: 0 })
  })

  it('that dropped some tells how many, though it has no events left', async () => {
    past(130)
    live()
    await soon({ stored: 100, dropped: { overflow: 30 }, missing: 0 })
    await expect.poll(records).toEqual([])
  })
})

describe('where there are no locks', () => {
  it.each([
    ['one that was silent for long is delivered', 3, 1],
    ['one that was not is left alone', 0, 0],
  ])('%s', async (_, hours, stored) => {
    past(1, { now: () => Date.now() - hours * HOUR_MS }, new TestPage(noBeacon))
    live({}, new TestPage(noBeacon))
    await pause(100)
    expect(account().stored).toBe(stored)
  })
})

describe('a memory', () => {
  it('that is full keeps how many were lost', async () => {
    for (let life = 0; life < 7; life += 1) {
      const page = new TestPage(noBeacon, locks)
      page.navigator.onLine = false
      const { made } = live({ fetch: offline }, page)
      for (let at = 0; at < 380; at += 1) made.record(measured(`${'load-'.repeat(80)}${at}`, at))
      page.hide()
      locks.end(page)
    }
    live()
    await expect.poll(() => account().lives, { timeout: 3000 }).toBe(7)
    await expect.poll(records, { timeout: 3000 }).toEqual([])
    const { stored, dropped, missing } = account()
    expect([stored + (dropped.overflow ?? 0), missing]).toEqual([7 * 380, 0])
    expect(dropped.overflow).toBeGreaterThan(380)
  })

  it('that tells its names needs no list, which tabs would write over each other', async () => {
    const names = () => [...memory.kept.keys()]
    const storage = Object.defineProperties(memory as TestMemory & { key(index: number): string | null }, {
      length: { get: () => names().length },
      key: { value: (index: number) => names()[index] ?? null },
    })
    for (let life = 0; life < 3; life += 1) past(2, { memory: storage })
    expect(names()).toHaveLength(3)
    expect(names()).toEqual(records())
    live({ memory: storage })
    await soon({ stored: 6, lives: 3, missing: 0 })
    await expect.poll(names).toEqual([])
  })

  it.each(['writing', 'everything'] as const)('that refuses %s changes nothing else', async (refuses) => {
    memory.refuses = refuses
    const { made } = live()
    made.record(measured('load', 1))
    await made.flush()
    made.record(measured('load', 2))
    made.close()
    expect(account().stored).toBe(1)
  })

  it.each(['', 'null', '{', '[]', '{"events":1}', '{"events":[{"units":4}]}', '"text"', '{"events":[null]}'])(
    'in which somebody wrote %j for a life changes nothing else',
    async (text) => {
      past(1)
      const [key = ''] = records()
      memory.kept.set(key, text)
      past(2)
      live()
      await soon({ stored: 2 })
      await expect.poll(records).toEqual([])
    },
  )

  it.each(['', 'null', '{', '{}', '[1,null]', '"text"'])('whose list of lives is %j is listed anew', async (text) => {
    memory.kept.set(`fader:${new URL('/v1/events', server.address)}:events`, text)
    past(2)
    live()
    await soon({ stored: 2 })
  })

  it('has a million characters at most, and all the rest goes on without', async () => {
    for (let life = 0; life < 8; life += 1) {
      const page = new TestPage(noBeacon, locks)
      page.navigator.onLine = false
      const { made } = live({ fetch: offline }, page)
      for (let value = 0; value < 1000; value += 1) made.record(measured(`${'x'.repeat(150)}${value}`, value))
      page.hide()
    }
    const sizes = [...memory.kept.values()].map(({ length }) => length)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(total).toBeLessThanOrEqual(1_001_000)
    expect(total).toBeGreaterThan(500_000)
  })
})
