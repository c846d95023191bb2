import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Event, Recorder } from '../../js/src/events/event.ts'
import { createRecorder, type RecorderOptions } from '../../js/src/events/recorder.ts'
import { anna, at, EventsServer, exposure, measured, TestMemory, TestPage } from './support/events.ts'

let server: EventsServer
const recorders: Recorder[] = []

beforeEach(async () => {
  server = await EventsServer.start()
})

afterEach(async () => {
  for (const each of recorders.splice(0)) each.close()
  await server.stop()
})

/** A recorder without a page, which sends when it is told to. */
function recorder(options: Partial<RecorderOptions> = {}): Recorder {
  const made = createRecorder({ address: server.address, flushIntervalMs: 3_600_000, page: {}, ...options })
  recorders.push(made)
  return made
}

describe('what happened', () => {
  it('is posted as plain text with the key in the address, and with no header that browsers ask permission for', async () => {
    const made = recorder()
    made.record(exposure('checkout'))
    await made.flush()
    const [{ url, headers } = { url: '', headers: {} }] = server.requests
    expect(url).toBe('/v1/events?key=fader_client_of-these-tests')
    expect(headers['content-type']).toBe('text/plain;charset=UTF-8')
    expect(Object.keys(headers)).not.toContain('authorization')
  })

  it('is numbered from 1, and says whose it is', async () => {
    const made = recorder({ now: () => at + 5 })
    const berta = { userId: 'berta' }
    made.record(exposure('checkout'))
    made.record(measured('basket', 12.5))
    made.record({ at, units: berta, name: 'basket', value: 3 })
    await made.flush()
    const rule = { rule: 'public', reason: 'SPLIT', arm: 'treated', revision: 7 }
    expect(server.batches).toEqual([
      {
        format: 1,
        life: expect.stringMatching(/^[\w-]{22}$/),
        sent: at + 5,
        dropped: {},
        units: [anna, berta],
        events: [
          { units: 0, n: 1, at, exposure: { flag: 'checkout', variant: 'on', ...rule } },
          { units: 0, n: 2, at, metric: { name: 'basket', value: 12.5 } },
          { units: 1, n: 3, at, metric: { name: 'basket', value: 3 } },
        ],
      },
    ])
  })

  it.each([
    ['an exposure once, however often it was met', [exposure('a'), exposure('a'), exposure('a')], ['a']],
    ['exposures of two flags', [exposure('a'), exposure('b')], ['a', 'b']],
    ['exposures of two variants', [exposure('a'), exposure('a', { variant: 'off' })], ['a', 'a']],
    ['exposures of two arms', [exposure('a'), exposure('a', { arm: 'control' })], ['a', 'a']],
    ['exposures of two rules', [exposure('a'), exposure('a', { rule: 'staff' })], ['a', 'a']],
    ['exposures of two revisions', [exposure('a'), { ...exposure('a'), revision: 8 }], ['a', 'a']],
    ['exposures of two people', [exposure('a'), { ...exposure('a'), units: { userId: 'b' } }], ['a', 'a']],
    ['no exposure without an answer', [exposure('a', { errorCode: 'GENERAL', variant: null }), exposure('b')], ['b']],
    ['no exposure without a variant', [exposure('a', { variant: null }), exposure('b')], ['b']],
    ['no exposure of a preview', [exposure('a', { rule: 'preview' }), exposure('b')], ['b']],
    ['an occurrence', [measured('click')], ['click']],
    ['as one event what occurred often', [measured('click'), measured('click'), measured('click')], ['3 click']],
    ['apart what occurred to two people', [measured('click'), { at, units: {}, name: 'click' }], ['click', 'click']],
    ['every value', [measured('load', 1), measured('load', 1)], ['load=1', 'load=1']],
    ['no value that is no number', [measured('load', Number.NaN), measured('load', Infinity)], undefined],
  ] as const)('is recorded as %s', async (_, happenings, expected) => {
    const made = recorder()
    for (const each of happenings) made.record(each)
    await made.flush()
    const said = server.batches[0]?.events.map(({ exposure, metric }: Event) => {
      if (exposure) return exposure.flag
      const { name, value, count } = metric ?? { name: 'neither' }
      return `${count === undefined ? '' : `${count} `}${name}${value === undefined ? '' : `=${value}`}`
    })
    expect(said).toEqual(expected)
    const numbers = server.batches[0]?.events.map(({ n }: { n: number }) => n)
    expect(numbers).toEqual(expected?.map((_, index) => index + 1))
  })

  it('is counted anew after each batch', async () => {
    const made = recorder()
    for (const count of [2, 3]) {
      for (let time = 0; time < count; time += 1) made.record(measured('click'))
      await made.flush()
    }
    expect(server.ledger.events.map(({ n, metric }) => [n, metric.count])).toEqual([
      [1, 2],
      [2, 3],
    ])
  })

  it('is dropped and counted beyond a hundred values of a name, until the next batch', async () => {
    const made = recorder()
    for (let value = 0; value < 130; value += 1) made.record(measured('load', value))
    for (let value = 0; value < 10; value += 1) made.record(measured('other', value))
    await made.flush()
    made.record(measured('load', 1000))
    await made.flush()
    expect(server.ledger.account()).toMatchObject({ stored: 111, dropped: { overflow: 30 }, missing: 0 })
    expect(Math.max(...server.ledger.events.map(({ n }) => n))).toBe(141)
  })

  it('is dropped and counted when too much waits, and never makes a batch of more than 60,000 bytes', async () => {
    const made = recorder({ memory: new TestMemory() })
    const units = { userId: 'ж'.repeat(500) }
    for (let value = 0; value < 1000; value += 1) made.record({ at, units, name: `n${value}`, value })
    await made.flush()
    const { stored, dropped, missing } = server.ledger.account()
    expect(stored + (dropped.overflow ?? 0)).toBe(1000)
    expect(stored).toBeGreaterThan(150)
    expect(missing).toBe(0)
    expect(server.ledger.largest).toBeLessThanOrEqual(60_000)
  })

  it('is dropped and counted when it is larger than any batch', async () => {
    const made = recorder()
    made.record({ at, units: { userId: 'x'.repeat(70_000) }, name: 'load', value: 1 })
    await made.flush()
    expect(server.ledger.account()).toMatchObject({ stored: 0, dropped: { overflow: 1 } })
    expect(server.batches[0]?.events).toEqual([])
  })
})

describe('without consent', () => {
  it('nothing is recorded until it is given', async () => {
    const made = recorder({ consent: false })
    made.record(exposure('a'))
    await made.flush()
    made.consent(true)
    made.record(exposure('b'))
    await made.flush()
    expect(server.ledger.events.map(({ n, exposure }) => [n, exposure.flag])).toEqual([[1, 'b']])
  })

  it('what waits is dropped and counted, here and in the memory, and what follows is of another life', async () => {
    const memory = new TestMemory()
    const made = recorder({ memory })
    server.conduct = ['loses the batch']
    made.record(measured('first', 1))
    await made.flush()
    made.record(measured('second', 2))
    made.record(measured('third', 3))
    made.consent(false)
    expect([...memory.kept.values()].join()).not.toContain('anna')
    made.record(measured('fourth', 4))
    await made.flush()
    made.consent(true)
    made.record(measured('fifth', 5))
    await made.flush()
    expect(server.ledger.events.map(({ n, metric }) => [n, metric.name])).toEqual([[1, 'fifth']])
    const [first] = server.batches
    // The first was on its way when nobody answered: whether it arrived is told by its number alone.
    expect(server.ledger.lives.get(first.life)?.dropped).toEqual({ consent: 2 })
    expect(server.ledger.lives.size).toBe(2)
  })

  it('what earlier lives left is dropped and counted too', async () => {
    const memory = new TestMemory()
    const offline = new TestPage(() => true)
    offline.navigator.onLine = false
    const earlier = recorder({ memory, page: offline })
    earlier.record(measured('load', 1))
    earlier.close()
    expect([...memory.kept.values()].join()).toContain('anna')
    const made = recorder({ memory, consent: false, now: () => Date.now() + 3_600_000 })
    made.record(measured('load', 2))
    await made.flush()
    expect(server.bodies).toEqual([])
    made.consent(false)
    await made.flush()
    expect(server.bodies.join()).not.toContain('anna')
    expect([...memory.kept.values()].join()).not.toContain('anna')
    expect(server.ledger.account()).toMatchObject({ stored: 0, dropped: { consent: 1 } })
  })
})

describe('a recorder that is closed', () => {
  it('records nothing more', async () => {
    const made = recorder()
    made.close()
    made.record(exposure('a'))
    made.consent(true)
    await made.flush()
    expect(server.bodies).toEqual([])
  })

  it('sends what it has first, though it waits for no answer', async () => {
    const made = recorder()
    made.record(exposure('a'))
    made.close()
    await expect.poll(() => server.ledger.account().stored).toBe(1)
  })
})
