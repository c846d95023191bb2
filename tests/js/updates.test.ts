import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Requests } from '../../js/src/request.ts'
import { Updates, type UpdatesOptions } from '../../js/src/updates.ts'
import { FakePage } from './support/page.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
const INTERVAL_MS = 30_000
/** The interval, give or take a tenth. */
const LONGEST_INTERVAL_MS = 33_000

let page: FakePage
let made: Updates
let asked: number
let revision: number
let result: 'adopted' | 'unchanged' | 'failed'
/** The streams that were asked for, and whether each is still open. */
let streams: { isOpen: boolean; say: (revision: number) => void; end: () => void }[]

beforeEach(() => {
  vi.useFakeTimers()
  page = new FakePage()
  ;[asked, revision, result, streams] = [0, 1, 'unchanged', []]
})

afterEach(() => {
  made.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const stream: typeof fetch = async (_, init) => {
  const body = new TransformStream<Uint8Array, Uint8Array>()
  const writer = body.writable.getWriter()
  const opened = {
    isOpen: true,
    say: (told: number) => {
      const data = JSON.stringify({ type: 'refetchEvaluation', revision: told })
      void writer.write(new TextEncoder().encode(`id: ${told}\ndata: ${data}\n\n`))
    },
    end: () => void writer.close(),
  }
  init?.signal?.addEventListener('abort', () => {
    opened.isOpen = false
    void writer.abort(new Error('aborted'))
  })
  streams.push(opened)
  return new Response(body.readable, { headers: { 'content-type': 'text/event-stream' } })
}

function start(options: Partial<UpdatesOptions> = {}, fetch: typeof globalThis.fetch = stream): Updates {
  const requests = new Requests({ url: 'https://flags.example', fetch })
  made = new Updates({
    source: { requests, stream: requests.at('v1/stream') },
    intervalMs: INTERVAL_MS,
    isStreaming: false,
    spreadMs: 500,
    revision: () => revision,
    refresh: async () => {
      asked += 1
      return result
    },
    ...options,
  })
  made.schedule('adopted')
  return made
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
/** The device sleeps: the clock goes on, and the timers stand still. */
const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms)

describe('without a page', () => {
  it.each([
    ['in Node', () => {}],
    ['in a worker', () => vi.stubGlobal('navigator', { onLine: false })],
  ])('asks every interval %s', async (_, install) => {
    install()
    start()
    await pass(10 * MINUTE_MS)
    expect(asked).toBeGreaterThanOrEqual(18)
    expect(asked).toBeLessThanOrEqual(23)
  })

  it('asks soon after a device that slept is awake, though its timers stood still', async () => {
    start({ intervalMs: 10 * MINUTE_MS })
    await pass(MINUTE_MS)
    sleep(8 * 3600 * SECOND_MS)
    await pass(20 * SECOND_MS)
    expect(asked).toBe(1)
  })

  it('opens the stream anew after a sleep, because the old one may be dead', async () => {
    start({ isStreaming: true })
    await pass(SECOND_MS)
    sleep(3600 * SECOND_MS)
    await pass(20 * SECOND_MS)
    expect(streams.map(({ isOpen }) => isOpen)).toEqual([false, true])
    expect(asked).toBe(1)
  })

  it.each([
    ['back', -90],
    ['forward', 90],
  ])('asks on when the clock is set %s by %d days', async (_, days) => {
    start()
    await pass(5 * SECOND_MS)
    sleep(days * 86_400_000)
    await pass(LONGEST_INTERVAL_MS)
    const after = asked
    expect(after).toBeGreaterThanOrEqual(1)
    await pass(10 * MINUTE_MS)
    expect(asked - after).toBeGreaterThanOrEqual(18)
    expect(asked - after).toBeLessThanOrEqual(23)
  })

  it('does not ask without end when the clock jumps at every look at it', async () => {
    start()
    const { now } = Date
    let looks = 0
    Date.now = () => now() + (looks++ % 2 ? 1 : -1) * 90 * 86_400_000
    await pass(10 * MINUTE_MS)
    Date.now = now
    expect(asked).toBeGreaterThanOrEqual(18)
    expect(asked).toBeLessThanOrEqual(45)
  })

  it('asks for nothing more when it is closed', async () => {
    start({ isStreaming: true }).close()
    await pass(MINUTE_MS)
    expect([asked, streams.filter(({ isOpen }) => isOpen)]).toEqual([0, []])
  })
})

describe('a page that nobody sees', () => {
  beforeEach(() => page.install())

  it.each([
    ['is hidden', () => page.hide()],
    ['is frozen', () => page.tell('freeze')],
    ['lies in the cache of pages', () => page.tell('pagehide')],
  ])('asks nothing while it %s, and keeps no stream', async (_, leave) => {
    start({ isStreaming: true })
    await pass(SECOND_MS)
    expect(streams).toHaveLength(1)
    leave()
    await pass(3600 * SECOND_MS)
    expect([asked, streams.map(({ isOpen }) => isOpen)]).toEqual([0, [false]])
  })

  it('asks nothing when it was opened behind another', async () => {
    page.hide()
    start({ isStreaming: true })
    await pass(3600 * SECOND_MS)
    expect([asked, streams]).toEqual([0, []])
    page.show()
    await pass(0)
    expect([asked, streams.length]).toEqual([1, 1])
  })

  it.each([
    ['seen', () => page.hide(), () => page.show()],
    ['thawed', () => page.tell('freeze'), () => page.tell('resume')],
    ['brought back', () => page.tell('pagehide'), () => page.tell('pageshow')],
  ])('asks at once when it is %s after the interval', async (_, leave, come) => {
    start()
    leave()
    await pass(LONGEST_INTERVAL_MS)
    come()
    await pass(0)
    expect(asked).toBe(1)
  })

  it('asks at once after a moment, too, where the stream may have told of something meanwhile', async () => {
    start({ isStreaming: true })
    await pass(SECOND_MS)
    page.hide()
    await pass(SECOND_MS)
    page.show()
    await pass(0)
    expect([asked, streams.map(({ isOpen }) => isOpen)]).toEqual([1, [false, true]])
  })

  it('asks no sooner than otherwise where there is no stream and the interval is not over', async () => {
    start()
    for (let second = 0; second < 25; second += 1) {
      page.hide()
      await pass(500)
      page.show()
      await pass(500)
    }
    expect(asked).toBe(0)
    await pass(LONGEST_INTERVAL_MS - 25 * SECOND_MS)
    expect(asked).toBe(1)
  })

  it('still leaves a server alone that wants it', async () => {
    const fetch = async () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
    const requests = new Requests({ url: 'https://flags.example', fetch })
    const refresh = async () => {
      asked += 1
      await requests.send(requests.at('v1/snapshot'), { signal: AbortSignal.timeout(1000) })
      return 'failed' as const
    }
    start({ source: { requests, stream: '' }, refresh })
    await pass(LONGEST_INTERVAL_MS)
    expect(asked).toBe(1)
    for (let second = 0; second < 25; second += 1) {
      page.hide()
      await pass(SECOND_MS)
      page.show()
      await pass(SECOND_MS)
    }
    expect(asked).toBe(1)
    await pass(2 * MINUTE_MS)
    expect(asked).toBeGreaterThan(1)
  })
})

describe('a page without network', () => {
  beforeEach(() => page.install())

  it('asks nothing', async () => {
    start({ isStreaming: true })
    await pass(SECOND_MS)
    page.setOnline(false)
    await pass(3600 * SECOND_MS)
    expect([asked, streams.map(({ isOpen }) => isOpen)]).toEqual([0, [false]])
  })

  it('asks when it has network again, spread a little, and goes on as if nothing had failed', async () => {
    start({ isStreaming: true })
    result = 'failed'
    await pass(10 * MINUTE_MS)
    const before = asked
    page.setOnline(false)
    await pass(10 * MINUTE_MS)
    result = 'unchanged'
    page.setOnline(true)
    await pass(500)
    expect(asked).toBe(before + 1)
    expect(streams.at(-1)?.isOpen).toBe(true)
  })

  it('does not ask when it has network and nobody sees it', async () => {
    start()
    page.hide()
    page.setOnline(false)
    page.setOnline(true)
    await pass(10 * MINUTE_MS)
    expect(asked).toBe(0)
  })

  it('asks for the first time when it has network', async () => {
    page.setOnline(false)
    start().schedule('failed')
    await pass(10 * MINUTE_MS)
    expect(asked).toBe(0)
    page.setOnline(true)
    await pass(500)
    expect(asked).toBe(1)
  })

  it('never asks again where it was to ask only once', async () => {
    start({ intervalMs: 0 })
    page.setOnline(false)
    page.setOnline(true)
    page.hide()
    page.show()
    await pass(MINUTE_MS)
    expect(asked).toBe(0)
  })
})

describe('a tab among others', () => {
  beforeEach(() => page.install())

  it('asks nothing while another leads', async () => {
    start({ isStreaming: true, isLeading: false })
    await pass(10 * MINUTE_MS)
    expect([asked, streams]).toEqual([0, []])
  })

  it('asks at once when it takes over after an interval, and from then on', async () => {
    start({ isStreaming: true, isLeading: false })
    await pass(10 * MINUTE_MS)
    made.lead(true)
    await pass(0)
    expect([asked, streams.length]).toEqual([1, 1])
    await pass(30 * MINUTE_MS)
    expect(asked).toBeGreaterThanOrEqual(5)
  })

  it('stops when another takes over', async () => {
    start({ isStreaming: true })
    await pass(SECOND_MS)
    made.lead(false)
    await pass(10 * MINUTE_MS)
    expect([asked, streams.map(({ isOpen }) => isOpen)]).toEqual([0, [false]])
  })

  it('asks itself for a revision of which it is told, and then is silent again', async () => {
    start({ isLeading: false })
    made.hear(2)
    await pass(600)
    expect(asked).toBeGreaterThanOrEqual(1)
    revision = 2
    await pass(MINUTE_MS)
    const after = asked
    await pass(10 * MINUTE_MS)
    expect([after <= 3, asked]).toEqual([true, after])
  })

  it('gives up a revision that was never there', async () => {
    start({ isLeading: false })
    made.hear(Number.MAX_SAFE_INTEGER)
    await pass(10 * MINUTE_MS)
    expect(asked).toBeLessThanOrEqual(8)
    expect(asked).toBeGreaterThanOrEqual(3)
  })

  it.each([
    ['an older one', 0],
    ['the one that it has', 1],
    ['what is no number', Number.NaN],
  ])('asks nothing when it is told of %s', async (_, told) => {
    start({ isLeading: false })
    made.hear(told)
    await pass(10 * MINUTE_MS)
    expect(asked).toBe(0)
  })
})
