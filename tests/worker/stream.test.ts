import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Listeners } from '../../worker/src/edge/listeners.ts'
import { answering, dead, KILLED, real, store } from './alone.ts'
import { env, grantTokens, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { CLIENT_TOKEN } from './token.ts'

const INTERVAL_MS = 50
const quick = { env: { REFRESH_INTERVAL_MS: String(INTERVAL_MS) } }

const open: ReadableStreamDefaultReader<string>[] = []
const isolates: Isolate[] = []

function made(options: Parameters<typeof isolate>[0] = {}): Isolate {
  const one = isolate({ ...quick, ...options })
  isolates.push(one)
  return one
}

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.cancel()))
  for (const one of isolates.splice(0)) await one.settle()
  vi.restoreAllMocks()
})

interface Event {
  readonly id: number
  readonly revision: number
}

/** One listener, as a browser is one. */
async function listen(on: Isolate, headers: Record<string, string> = {}) {
  const response = await on.client('/v1/stream', { headers })
  expect(response.status).toBe(200)
  if (response.body === null) throw new Error('the stream has no body')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  open.push(reader)
  let text = ''
  /** The next block, or undefined at the end. */
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const found = text.slice(0, end)
        text = text.slice(end + 2)
        return found
      }
      const { done, value } = await reader.read()
      if (done) return undefined
      text += value
    }
  }
  expect(await block()).toMatch(/^retry: [1-5]\d{3}$/)
  const event = async (): Promise<Event> => {
    const [, id, data = ''] = /^id: (\d+)\ndata: (.*)$/.exec((await block()) ?? '') ?? []
    const { type, revision, ...more } = JSON.parse(data)
    expect([type, more]).toEqual(['refetchEvaluation', {}])
    return { id: Number(id), revision }
  }
  return { response, block, event, cancel: () => reader.cancel() }
}

/** Whether it settles soon. */
const settles = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), scheduler.wait(4 * INTERVAL_MS).then(() => false)])

describe('a listener', () => {
  it('is told at once what there is, and then of each revision, in the words of the flag protocol', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    const listener = await listen(worker)
    const first = await listener.event()
    expect(first).toEqual({ id: (await store().head())?.issued, revision: 1 })
    await publish(made(), KILLED)
    const second = await listener.event()
    expect(second).toEqual({ id: (await store().head())?.issued, revision: 2 })
  })

  it('is given headers that keep the stream from being kept', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    const { response } = await listen(worker)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  const comings: [string, (now: number) => string, boolean][] = [
    ['an older moment', (now) => String(now - 1), true],
    ['this moment', (now) => String(now), false],
    ['a later moment, of an isolate that is ahead', (now) => String(now + 30_000), false],
    ['a moment that has not come', (now) => String(now + 3600_000), true],
    ['garbage', () => 'revision-1', true],
    ['a number that is none', () => '9'.repeat(40), true],
    ['nothing', () => '', true],
  ]

  it.each(comings)('that comes back with %s is told, or not, what it has missed', async (_, last, isTold) => {
    const worker = made()
    await publish(worker, DEFINITION)
    const now = (await store().head())?.issued ?? 0
    const listener = await listen(worker, { 'last-event-id': last(now) })
    expect(await settles(listener.event())).toBe(isTold)
  })

  it('hears nothing of tokens and renewals, which change no answer', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    const listener = await listen(worker)
    await listener.event()
    await grantTokens()
    const grant = { kind: 'client', name: 'more', digest: 'a'.repeat(64) } as const
    await store().grant({ id: 'root', name: 'root', role: 'admin', kind: 'person' }, grant)
    const next = listener.event()
    expect(await settles(next)).toBe(false)
    expect(worker.services.edge.entryOf(grant.digest)).toBeDefined()
    await publish(made(), KILLED)
    expect(await next).toMatchObject({ revision: 2 })
  })

  it('hears of a kill while nobody asks the isolate for anything else, and after an outage', async () => {
    const state = { store: real }
    const worker = made({ store: answering(() => state.store) })
    await publish(made(), DEFINITION)
    const listener = await listen(worker)
    await listener.event()
    state.store = dead()
    await publish(made(), KILLED)
    const next = listener.event()
    await scheduler.wait(2 * INTERVAL_MS)
    state.store = real
    expect(await next).toMatchObject({ revision: 2 })
  })

  it('is kept awake by comments', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    const listener = await listen(worker)
    await listener.event()
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + 15_000)
    expect(await listener.block()).toBe(':')
  })

  it('is sent away when its token is revoked or has expired', async () => {
    const time = { now: Date.now() }
    const worker = made({ now: () => time.now })
    await publish(worker, DEFINITION)
    await store().grant(
      { id: 'root', name: 'root', role: 'admin', kind: 'person' },
      { kind: 'client', name: 'short', digest: await digest('fader_client_short'), expires: time.now + 60_000 },
    )
    await worker.services.edge.refresh()
    const response = await worker.fetch('/v1/stream', { headers: { 'x-api-key': 'fader_client_short' } })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.read()
    const end = reader?.read()
    time.now += 60_000
    expect((await end)?.done).toBe(true)
    expect(worker.services.listeners.count).toBe(0)
  })

  it('needs a token', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    expect((await worker.fetch('/v1/stream')).status).toBe(401)
    expect((await worker.admin('/v1/stream')).status).toBe(401)
  })
})

const digest = async (text: string) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

describe('a thousand listeners on one isolate', () => {
  it('all hear of a kill, and the store is asked once in an interval for all of them', {
    timeout: 60_000,
  }, async () => {
    const heads: number[] = []
    const worker = made({
      store: answering(() => ({
        head: () => {
          heads.push(Date.now())
          return real.head()
        },
        bundle: real.bundle,
      })),
      env: { REFRESH_INTERVAL_MS: '200' },
    })
    const publisher = made()
    await publish(publisher, DEFINITION)
    const listeners = await Promise.all(Array.from({ length: 1000 }, () => listen(worker)))
    for (const told of await Promise.all(listeners.map((one) => one.event()))) expect(told.revision).toBe(1)
    expect(worker.services.listeners.count).toBe(1000)
    heads.length = 0
    const began = Date.now()
    await publish(publisher, KILLED)
    const told = await Promise.all(listeners.map((one) => one.event()))
    const tookMs = Date.now() - began
    expect(told.every(({ revision }) => revision === 2)).toBe(true)
    expect(tookMs).toBeLessThan(5000)
    await scheduler.wait(1000)
    const asked = heads.length
    expect(asked).toBeLessThanOrEqual(Math.ceil((Date.now() - began) / 200) + 1)
    expect(asked).toBeGreaterThan(0)
    await Promise.all(listeners.map((one) => one.cancel()))
    expect(worker.services.listeners.count).toBe(0)
  })
})

describe('the places for listeners', () => {
  it('are given back, and whoever comes when there is none is told when to come again', async () => {
    const worker = made({ listeners: new Listeners({ most: 2 }) })
    await publish(worker, DEFINITION)
    const first = await listen(worker)
    await listen(worker)
    const refused = await worker.client('/v1/stream')
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(5)
    expect(await refused.json()).toMatchObject({ type: 'urn:fader:problem:too-many-listeners' })
    await first.cancel()
    expect((await listen(worker)).response.status).toBe(200)
  })

  it('of listeners that were cut off are given back too', () => {
    const time = { now: 0 }
    const listeners = new Listeners({ most: 2, now: () => time.now })
    const [one, other] = [listeners.join(), listeners.join()]
    expect([typeof one, typeof other, listeners.join()]).toEqual(['symbol', 'symbol', undefined])
    time.now = 40_000
    if (other !== undefined) listeners.see(other)
    time.now = 61_000
    expect(listeners.join()).toBeTypeOf('symbol')
    expect(listeners.join()).toBeUndefined()
  })

  it.each([
    [1, 200],
    [1000, 200],
    [5000, 1000],
    [10_000, 2000],
  ])('make %s of them look for news every %s ms, so that many cost little more than a few', (count, expected) => {
    const listeners = new Listeners()
    for (let one = 0; one < count; one += 1) listeners.join()
    expect(listeners.pauseMs).toBe(expected)
  })

  it('are not taken by those who only ask for the headers', async () => {
    const worker = made()
    await publish(worker, DEFINITION)
    const before = worker.services.edge.counters.asked
    const response = await worker.client('/v1/stream', { method: 'HEAD' })
    expect(response.status).toBe(200)
    await scheduler.wait(5 * INTERVAL_MS)
    expect((worker.services.edge.counters.asked ?? 0) - (before ?? 0)).toBeLessThanOrEqual(1)
  })
})

describe('the stream over HTTP', () => {
  it('is the same through the worker as it is deployed', async () => {
    const { exports } = await import('cloudflare:workers')
    const { default: deployed } = exports as unknown as { default: Fetcher }
    await publish(made(), DEFINITION)
    const get = () =>
      deployed.fetch('https://flags.example.com/v1/stream', { headers: { authorization: `Bearer ${CLIENT_TOKEN}` } })
    const readers = await Promise.all(
      Array.from({ length: 5 }, async () => (await get()).body?.pipeThrough(new TextDecoderStream()).getReader()),
    )
    const until = async (reader: ReadableStreamDefaultReader<string> | undefined, word: string) => {
      for (let text = ''; !text.includes(word); ) text += (await reader?.read())?.value ?? ''
    }
    await Promise.all(readers.map((reader) => until(reader, '"revision":1')))
    await publish(made({ env: { REFRESH_INTERVAL_MS: env.REFRESH_INTERVAL_MS } }), KILLED)
    await Promise.all(readers.map((reader) => until(reader, '"revision":2')))
    await Promise.all(readers.map((reader) => reader?.cancel()))
  })
})
