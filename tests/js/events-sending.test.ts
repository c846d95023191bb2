import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Recorder } from '../../js/src/events/event.ts'
import { createRecorder, type RecorderOptions } from '../../js/src/events/recorder.ts'
import { at, type Conduct, EventsServer, late, measured, TestMemory, TestPage } from './support/events.ts'
import { bodyAnswer } from './support/server.ts'

let server: EventsServer
const recorders: Recorder[] = []

beforeEach(async () => {
  server = await EventsServer.start()
})

afterEach(async () => {
  vi.restoreAllMocks()
  for (const each of recorders.splice(0)) each.close()
  await server.stop()
})

function recorder(options: Partial<RecorderOptions> = {}): Recorder {
  const made = createRecorder({ address: server.address, flushIntervalMs: 3_600_000, page: {}, ...options })
  recorders.push(made)
  return made
}

const answers = (status: number, headers = {}) => bodyAnswer(status, '{}', headers)
const portal = bodyAnswer(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' })

describe('what was answered', () => {
  it.each<[string, Conduct, object]>([
    ['with a receipt is not sent again', 'stores', { stored: 1, duplicate: 0, dropped: {} }],
    ['by nobody is sent again, and known by its number', 'loses the answer', { stored: 1, duplicate: 1, dropped: {} }],
    ['by nobody, because it never arrived, is sent again', 'loses the batch', { stored: 1, duplicate: 0 }],
    ['by a portal is sent again', portal, { stored: 1, duplicate: 0, dropped: {} }],
    ['with 500 is sent again', answers(500), { stored: 1, duplicate: 0, dropped: {} }],
    ['with 408 is sent again', answers(408), { stored: 1, duplicate: 0, dropped: {} }],
    ['with 204 is sent again', bodyAnswer(204), { stored: 1, duplicate: 0, dropped: {} }],
    ['with 400 is dropped and counted', answers(400), { stored: 0, dropped: { refused: 1 } }],
    ['with 422 is dropped and counted', answers(422), { stored: 0, dropped: { refused: 1 } }],
    ['with 413 is dropped and counted where it is one event', answers(413), { stored: 0, dropped: { refused: 1 } }],
  ])('%s', async (_, conduct, expected) => {
    server.conduct = [conduct]
    const made = recorder()
    made.record(measured('load', 1))
    await made.flush()
    await made.flush()
    expect(server.ledger.account()).toMatchObject({ missing: 0, ...expected })
    expect(server.ledger.conflicts).toBe(0)
    const count = server.bodies.length
    await made.flush()
    expect(server.bodies).toHaveLength(count)
  })

  it.each([
    [429, { 'retry-after': '3600' }],
    [503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }],
    [401, {}],
    [403, {}],
  ])('with %s %j is kept, and the worker left alone', async (status, headers) => {
    server.conduct = [answers(status, headers)]
    const made = recorder()
    made.record(measured('load', 1))
    await made.flush()
    await made.flush()
    expect(server.bodies).toHaveLength(1)
  })

  it('is sent again by itself, sooner than what is new', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.001)
    server.conduct = [answers(429, { 'retry-after': '0' }), answers(500), 'loses the answer']
    const made = recorder({ flushIntervalMs: 20_000 })
    made.record(measured('load', 1))
    await made.flush()
    await expect.poll(() => server.ledger.account()).toMatchObject({ stored: 1, duplicate: 1 })
  })

  it('with 413 is halved until it is not too large, and what is too large by itself is dropped', async () => {
    const made = recorder()
    const tooLarge: Conduct = (request, response) => {
      const { events } = server.batches.at(-1)
      const bad = events.some(({ metric }: { metric: { name: string } }) => metric.name === 'n5')
      const body = bad ? '{}' : JSON.stringify(server.ledger.take(server.bodies.at(-1) ?? ''))
      bodyAnswer(bad ? 413 : 200, body)(request, response)
    }
    for (let value = 0; value < 12; value += 1) made.record(measured(`n${value}`, value))
    server.conduct = Array.from({ length: 20 }, () => tooLarge)
    await made.flush()
    expect(server.ledger.account()).toMatchObject({ stored: 11, dropped: { refused: 1 }, missing: 0 })
  })

  it('late is waited for, and nothing is sent meanwhile', async () => {
    server.conduct = [late(server, 300)]
    const made = recorder()
    made.record(measured('load', 1))
    const first = made.flush()
    await expect.poll(() => server.bodies.length).toBe(1)
    made.record(measured('load', 2))
    const second = made.flush()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.bodies).toHaveLength(1)
    await Promise.all([first, second])
    expect(server.ledger.account()).toMatchObject({ stored: 2, duplicate: 0 })
  })

  it('is told to whoever wants to know, without the key, and what they throw changes nothing', async () => {
    const said: string[] = []
    server.conduct = [answers(500), 'loses the batch']
    const onError = ({ message }: Error) => {
      said.push(message)
      throw new Error('of the host')
    }
    const made = recorder({ onError })
    made.record(measured('load', 1))
    for (let time = 0; time < 3; time += 1) await made.flush()
    expect(said).toHaveLength(2)
    expect(said.join()).not.toContain('fader_client')
    expect(server.ledger.account().stored).toBe(1)
  })
})

describe('what waits', () => {
  it('is sent after the interval, in one request', async () => {
    const made = recorder({ flushIntervalMs: 50 })
    for (let value = 0; value < 20; value += 1) made.record(measured('load', value))
    await expect.poll(() => server.ledger.account().stored).toBe(20)
    expect(server.bodies).toHaveLength(1)
  })

  it('is sent when the device has a network again', async () => {
    const page = new TestPage(() => false)
    server.conduct = ['loses the batch']
    const made = recorder({ page })
    made.record(measured('load', 1))
    await made.flush()
    page.dispatchEvent(new Event('online'))
    await expect.poll(() => server.ledger.account().stored).toBe(1)
  })

  it('is written to the memory once for all that happens within a second', async () => {
    const memory = new TestMemory()
    const made = recorder({ memory })
    for (let value = 0; value < 90; value += 1) made.record(measured('load', value))
    expect(memory.writes).toBe(0)
    await expect.poll(() => memory.writes, { timeout: 3000 }).toBe(2)
    expect([...memory.kept.keys()]).toEqual([
      expect.stringMatching(/^fader:http:\/\/127\.0\.0\.1:\d+\/v1\/events:events$/),
      expect.stringMatching(/^fader:http:\/\/127\.0\.0\.1:\d+\/v1\/events:events:[\w-]{22}$/),
    ])
    await made.flush()
    expect([...memory.kept.keys()]).toHaveLength(1)
  })

  it('is sent though the clock of the device is months off and jumps back', async () => {
    let now = at + 90 * 86_400_000
    const made = recorder({ now: () => now, memory: new TestMemory() })
    made.record({ ...measured('load', 1), at: now })
    now = at - 90 * 86_400_000
    await made.flush()
    expect(server.batches[0]).toMatchObject({ sent: now, events: [{ n: 1, at: at + 90 * 86_400_000 }] })
  })
})

describe('a page that is hidden', () => {
  const beacons: string[] = []
  const taking = (body: string) => beacons.push(body) > 0
  beforeEach(() => {
    beacons.length = 0
  })

  it('gives everything to beacons, in pieces', () => {
    const page = new TestPage(taking)
    const made = recorder({ page })
    for (let value = 0; value < 700; value += 1)
      made.record({ ...measured(`n${value}`, value), units: { userId: 'ü'.repeat(40) } })
    page.turn('hidden')
    expect(beacons.length).toBeGreaterThan(1)
    for (const each of beacons) {
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(60_000)
      server.ledger.take(each)
    }
    expect(server.ledger.account()).toMatchObject({ stored: 700, duplicate: 0, missing: 0 })
  })

  it('gives nothing twice, and keeps it until it is acknowledged', async () => {
    const page = new TestPage(taking)
    const made = recorder({ page })
    made.record(measured('load', 1))
    page.turn('hidden')
    page.hide()
    expect(beacons).toHaveLength(1)
    page.comeBack()
    made.record(measured('load', 2))
    await made.flush()
    expect(server.ledger.account()).toMatchObject({ stored: 2, missing: 0 })
    page.hide()
    expect(beacons).toHaveLength(1)
  })

  it('asks for what the browser does not take as a request that outlives the page', async () => {
    const page = new TestPage(() => false)
    const asked: RequestInit[] = []
    const made = recorder({
      page,
      fetch: (address, how = {}) => {
        asked.push(how)
        return fetch(address, how)
      },
    })
    made.record(measured('load', 1))
    page.hide()
    expect(asked).toMatchObject([{ keepalive: true, method: 'POST' }])
    await expect.poll(() => server.ledger.account().stored).toBe(1)
  })

  it('gives what is on its way again, because its answer may never come', async () => {
    const page = new TestPage(taking)
    server.conduct = [late(server, 200)]
    const made = recorder({ page })
    made.record(measured('load', 1))
    const flushed = made.flush()
    await expect.poll(() => server.bodies.length).toBe(1)
    page.hide()
    expect(beacons).toHaveLength(1)
    await flushed
    for (const each of beacons) server.ledger.take(each)
    expect(server.ledger.account()).toMatchObject({ stored: 1, duplicate: 1 })
    expect(server.ledger.conflicts).toBe(0)
  })
})
