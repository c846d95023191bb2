import { type Bootstrap, type Client, type ClientOptions, type Context, createClient } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'
import { forbidden, TestMemory, TestSnapshots } from './support/kept.ts'
import { type Answer, bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'
import { newKey, statementOf } from './support/signed.ts'

const revisions: Uint8Array[] = []
const clients: Client[] = []
const errors: string[] = []
let server: TestServer

beforeAll(async () => {
  for (let revision = 0; revision < 5; revision += 1) {
    const flags = { swedish: asks({ country: 'SE' }), n: gives('number', revision) }
    revisions.push(await compile(define(flags, { revision })))
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  publish(1)
})

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  for (const client of clients.splice(0)) client.close()
  errors.length = 0
  await server.stop()
})

const bytesOf = (revision: number) => revisions[revision] ?? new Uint8Array()
const publish = (revision: number) => {
  server.answer = snapshotAnswer(bytesOf(revision), `"revision-${revision}"`)
}
const never: Answer = () => {}
const soon = (check: () => void) => vi.waitFor(check, { interval: 5, timeout: 3000 })

function client(options: Partial<ClientOptions> = {}): Client {
  const onError = ({ message }: Error) => errors.push(message)
  const made = createClient({ url: server.url, pollIntervalMs: 0, onError, ...options })
  clients.push(made)
  return made
}

const sweden = { country: 'SE', userId: 'a' }
const bootstrap = (more: Partial<Bootstrap> = {}): Bootstrap => ({
  environment: 'test',
  revision: 1,
  context: sweden,
  answers: { n: { value: 1, variant: 'only', reason: 'STATIC' } },
  ...more,
})

describe('a page that brings its answers', () => {
  const contexts: [string, Context | undefined, Context, number][] = [
    ['of no context of its own', undefined, sweden, 1],
    ['of the same context', { ...sweden }, sweden, 1],
    ['of the same context in another order', { userId: 'a', country: 'SE' }, sweden, 1],
    ['of a part of it', { country: 'SE' }, sweden, 1],
    ['of another value', { country: 'NO' }, { country: 'NO', userId: 'a' }, 9],
    ['of one attribute more', { plan: 'pro' }, { ...sweden, plan: 'pro' }, 9],
  ]

  it.each(contexts)('answers at once for a client %s, and only then', async (_, context, whole, seen) => {
    server.answer = never
    const made = client({ bootstrap: bootstrap(), ...(context && { context }) })
    expect(made.context).toEqual(whole)
    expect(made.value('n', 9)).toBe(seen)
    expect([made.status, made.revision]).toEqual(seen === 9 ? ['starting', undefined] : ['ready', 1])
    if (seen !== 9) await made.ready()
  })

  it('gives its token to a client that has none', async () => {
    await client({ bootstrap: bootstrap({ key: 'fader_client_page' }) }).refresh()
    expect(server.requests[0]?.headers.authorization).toBe('Bearer fader_client_page')
  })

  it('is read by itself, and not where nobody wants it', async () => {
    server.answer = never
    const textContent = JSON.stringify(bootstrap())
    vi.stubGlobal('document', { getElementById: (id: string) => (id === 'fader-bootstrap' ? { textContent } : null) })
    vi.stubGlobal('addEventListener', () => {})
    expect(client().value('n', 9)).toBe(1)
    expect(client({ bootstrap: false }).value('n', 9)).toBe(9)
  })

  it.each([
    ['nothing', null],
    ['no JSON', { textContent: '{' }],
    ['something else', { textContent: '[1]' }],
    ['no answers', { textContent: '{"context":{},"answers":7}' }],
    ['broken answers', { textContent: '{"context":{},"answers":{"n":null}}' }],
    ['half an answer', { textContent: '{"context":{},"answers":{"n":{}}}' }],
  ])('is as if there were none when it brings %s', async (_, element) => {
    vi.stubGlobal('document', { getElementById: () => element })
    vi.stubGlobal('addEventListener', () => {})
    const made = client({ context: {} })
    expect([made.value('n', 9), made.isOn('n')]).toEqual([9, false])
    await made.refresh()
    expect(made.value('n', 9)).toBe(1)
  })

  it('is not corrected by what is older, and is by what is newer', async () => {
    publish(2)
    const made = client({ bootstrap: bootstrap({ revision: 3 }) })
    expect(await made.refresh()).toBe('unchanged')
    expect([made.revision, made.value('n', 9)]).toEqual([3, 1])
    publish(4)
    expect(await made.refresh()).toBe('adopted')
    expect([made.revision, made.value('n', 9)]).toEqual([4, 4])
  })

  it('holds what it painted, while the rest is of the new revision', async () => {
    publish(2)
    const made = client({ bootstrap: bootstrap(), holds: true })
    expect(made.value('n', 9)).toBe(1)
    await made.refresh()
    expect([made.revision, made.value('n', 9), made.isOn('swedish')]).toEqual([2, 1, true])
  })

  it('answers nobody else', async () => {
    server.answer = never
    const made = client({ bootstrap: bootstrap() })
    void made.identify({ userId: 'b' })
    expect([made.value('n', 9), made.status]).toEqual([9, 'starting'])
    void made.identify(sweden)
    expect([made.value('n', 9), made.status]).toEqual([1, 'ready'])
  })
})

describe('the answers of the last start', () => {
  const firstStart = async (memory: TestMemory, context: Context = sweden) => {
    const made = client({ memory, context })
    await made.ready()
    await soon(() => expect(memory.record(':answers')).toBeDefined())
    made.close()
  }

  it('are given before anything was asked, to the same context and to no other', async () => {
    const memory = new TestMemory()
    await firstStart(memory)
    server.answer = never
    const again = client({ memory, context: { userId: 'a', country: 'SE' } })
    expect([again.status, again.revision, again.value('n', 9), again.isOn('swedish')]).toEqual(['ready', 1, 1, true])
    await again.ready()
    expect(client({ memory, context: { userId: 'b', country: 'SE' } }).status).toBe('starting')
  })

  it('are the same outcomes, but for who can explain them', async () => {
    const memory = new TestMemory()
    await firstStart(memory)
    server.answer = never
    const again = client({ memory, context: sweden })
    expect(again.outcome('swedish')).toEqual({
      flag: 'swedish',
      value: true,
      variant: 'yes',
      reason: 'TARGETING_MATCH',
      rule: 'asked',
    })
    expect(again.outcome('none')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' })
    expect((await again.explain('swedish')).steps).toEqual([])
  })

  it('are those of the last context and the last revision', async () => {
    const memory = new TestMemory()
    const made = client({ memory, context: sweden })
    await made.ready()
    publish(2)
    await made.refresh()
    await made.identify({ userId: 'b' })
    await soon(() => expect(memory.record(':answers')).toMatchObject({ revision: 2, context: { userId: 'b' } }))
  })

  const contexts: [string, () => Context][] = [
    ['a getter that throws', () => Object.defineProperty({}, 'userId', { enumerable: true, get: () => fail() })],
    ['a ring', ringed],
    ['a big integer', () => ({ userId: 1n })],
    ['no context at all', () => null as never],
  ]
  it.each(contexts)('are not known for %s, and nothing is thrown', async (_, make) => {
    const context = make()
    const memory = new TestMemory()
    const made = client({ memory, context })
    await made.ready()
    expect(() => made.all()).not.toThrow()
    await made.identify(context)
    expect(typeof made.status).toBe('string')
  })

  it.each([
    ['is forbidden', forbidden],
    ['is spoilt', { ...forbidden, getItem: () => '{' }],
    ['has other things', { ...forbidden, getItem: () => '{"context":{"country":"SE","userId":"a"},"answers":[]}' }],
  ])('are not there when the memory %s', async (_, memory) => {
    const made = client({ memory, context: sweden })
    await made.ready()
    expect([made.status, made.value('n', 9)]).toEqual(['ready', 1])
  })
})

describe('the snapshot of the last start', () => {
  const keep = async (snapshots: TestSnapshots, revision: number, more: Partial<ClientOptions> = {}) => {
    publish(revision)
    const made = client({ snapshots, ...more })
    await made.ready()
    await soon(() => expect(snapshots.content.size).toBe(1))
    made.close()
  }
  const gone: Answer = (request) => request.socket.destroy()

  it('answers any context without a network, and is stale then', async () => {
    const snapshots = new TestSnapshots()
    await keep(snapshots, 2)
    server.answer = gone
    const made = client({ snapshots, context: sweden })
    await made.ready()
    expect([made.revision, made.value('n', 9), made.isOn('swedish')]).toEqual([2, 2, true])
    expect(await made.refresh()).toBe('failed')
    expect(made.status).toBe('stale')
  })

  it('is not downloaded again', async () => {
    const snapshots = new TestSnapshots()
    await keep(snapshots, 2)
    const made = client({ snapshots })
    expect(await made.refresh()).toBe('unchanged')
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"revision-2"')
    expect([made.status, made.revision]).toEqual(['ready', 2])
  })

  it.each([
    ['newer than that of the program', 3, 1, 3],
    ['older than that of the program', 1, 3, 3],
  ])('goes first where it is %s', async (_, kept, bundled, revision) => {
    const snapshots = new TestSnapshots()
    await keep(snapshots, kept)
    server.answer = gone
    const made = client({ snapshots, snapshot: bytesOf(bundled) })
    await made.ready()
    expect([made.revision, made.value('n', 9)]).toEqual([revision, revision])
  })

  it('is what an installed client has that never had a network', async () => {
    const made = createClient({ snapshot: bytesOf(2) })
    await made.ready()
    expect([made.status, made.value('n', 9), await made.refresh()]).toEqual(['ready', 2, 'unchanged'])
  })

  it('is used although a higher revision was seen: it is the last good one', async () => {
    const memory = new TestMemory()
    publish(4)
    const before = client({ memory })
    await before.ready()
    before.close()
    server.answer = gone
    const made = client({ memory, snapshot: bytesOf(2), context: sweden })
    await made.ready()
    expect([made.revision, made.value('n', 9)]).toEqual([2, 2])
  })

  it.each([
    ['throws', async () => fail()],
    [
      'has HTML',
      async () => ({ snapshot: new TextEncoder().encode('<!doctype html>'), etag: '"x"', signature: undefined }),
    ],
    ['has nothing', async () => undefined],
    ['has no bytes', async () => ({ snapshot: 7 }) as never],
  ])('is asked for by network when the store %s', async (_, read) => {
    const made = client({ snapshots: { read, write: async () => fail() } })
    await made.ready()
    expect([made.status, made.value('n', 9)]).toEqual(['ready', 1])
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match')
  })

  describe('that is signed', () => {
    const key = newKey('one')
    const sign = (revision: number, more: object = {}) => {
      const signature = statementOf(bytesOf(revision), { revision, ...more }, key)
      server.answer = bodyAnswer(200, bytesOf(revision), { etag: `"${revision}"`, 'fader-signature': signature })
    }
    const months = 100 * 24 * 3_600_000

    it('goes on under a clock that is wrong by months, and is stale until it is signed anew', async () => {
      const snapshots = new TestSnapshots()
      const now = Date.now()
      sign(1)
      const first = client({ snapshots, keys: [key.trusted] })
      await first.ready()
      await soon(() => expect(snapshots.content.size).toBe(1))
      vi.spyOn(Date, 'now').mockImplementation(() => now + months)
      const made = client({ snapshots, keys: [key.trusted] })
      await made.ready()
      expect([made.revision, made.value('n', 9)]).toEqual([1, 1])
      // The server has the same, and what it says has run out as well.
      await made.refresh()
      expect([made.status, made.value('n', 9)]).toEqual(['stale', 1])
      // What is new is not adopted by such a clock.
      sign(2, { expires: now + 60_000 })
      expect(await made.refresh()).toBe('failed')
      expect(made.revision).toBe(1)
      sign(3, { expires: now + 2 * months })
      expect(await made.refresh()).toBe('adopted')
      expect([made.status, made.revision]).toEqual(['ready', 3])
    })

    it('is refused when it was signed by somebody else, or by nobody', async () => {
      for (const signature of [undefined, statementOf(bytesOf(1), {}, newKey('one'))]) {
        const snapshots = new TestSnapshots()
        const at = `${server.url}/v1/snapshot/client`
        await snapshots.write(at, { snapshot: bytesOf(1), etag: '"1"', signature })
        server.answer = gone
        const made = client({ snapshots, keys: [key.trusted] })
        await made.ready()
        expect([made.status, made.revision]).toEqual(['error', undefined])
      }
    })
  })
})

describe('a start without anything', () => {
  it('is an error, and not a throw', async () => {
    const made = createClient({ onError: ({ message }) => errors.push(message) })
    await made.ready()
    expect([made.status, made.isOn('n', true), errors.length]).toEqual(['error', true, 1])
  })

  const spoilt: [string, () => unknown][] = [
    ['none', () => undefined],
    ['null', () => null],
    ['an address that is a number', () => ({ url: 7 })],
    ['wrong types', () => ({ context: 'x', memory: 7, bootstrap: 7, snapshots: 7, keys: 7, onError: 7 })],
    ['a getter that throws', () => Object.defineProperty({}, 'url', { enumerable: true, get: () => fail() })],
  ]
  it.each(spoilt)('does not throw where its options are %s', async (_, options) => {
    const made = createClient(options() as never)
    clients.push(made)
    await made.ready()
    expect([made.isOn('n', true), made.status]).toEqual([true, 'error'])
  })

  it('says that it is offline where the device says so', async () => {
    const made = client()
    await made.ready()
    server.answer = (request) => request.socket.destroy()
    await made.refresh()
    expect(made.status).toBe('stale')
    vi.stubGlobal('navigator', { onLine: false })
    expect(made.status).toBe('offline')
  })
})

function fail(): never {
  throw new Error('nothing can be had here')
}

function ringed(): Context {
  const ring: Record<string, unknown> = { userId: 'a' }
  ring.self = ring
  return ring
}
