import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Nearby } from '../../worker/src/edge/nearby.ts'
import { type Bundle, encodeBundle } from '../../worker/src/revision/bundle.ts'
import { bundleKey, pointerKey } from '../../worker/src/revision/copy.ts'
import { type Answers, answering, clock, dead, health, KILLED, search, silent } from './alone.ts'
import * as isolates from './isolate.ts'
import { env, type Isolate, nowhere } from './isolate.ts'
import { headOf, newKey, signedBundle } from './signed.ts'

const INTERVAL_MS = 1000
const LIMITS_MS = { head: 200, kv: 100, store: 300 }

const kv = () => {
  if (env.BUNDLES === undefined) throw new Error('the test run has no KV')
  return env.BUNDLES
}

const made: Isolate[] = []

function isolate(options: Parameters<typeof isolates.isolate>[0]): Isolate {
  const one = isolates.isolate(options)
  made.push(one)
  return one
}

async function copyToKv(bundle: Bundle, content: Uint8Array | string = encodeBundle(bundle)): Promise<void> {
  const { issued } = headOf(bundle)
  await kv().put(bundleKey('production', issued), content)
  await kv().put(pointerKey('production'), String(issued))
}

/** A store that has this bundle, and counts what it is asked. */
function storeOf(first: Bundle) {
  const state = { bundle: first, heads: 0, bundles: 0, answers: undefined as Answers | undefined }
  const store = answering(
    () =>
      state.answers ?? {
        head: async () => {
          state.heads += 1
          return headOf(state.bundle)
        },
        bundle: async () => {
          state.bundles += 1
          return state.bundle
        },
      },
  )
  return { state, store }
}

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(async () => {
  // What goes on in the background must not outlive the storage of its test.
  for (const each of made.splice(0)) await each.settle()
  vi.restoreAllMocks()
})

describe('the isolates of one place', () => {
  it('ask the store together, and fetch the bundle once', async () => {
    const time = clock()
    const { state, store } = storeOf(await signedBundle({ revision: 1, issued: time.now - 5000 }))
    const place = Array.from({ length: 20 }, () => isolate({ store, now: () => time.now }))
    const round = async () => {
      for (const each of place) {
        await search(each)
        await each.settle()
      }
    }
    await round()
    expect(state).toMatchObject({ heads: 1, bundles: 1 })
    state.bundle = await signedBundle({ revision: 2, issued: time.now, definition: KILLED })
    time.pass(INTERVAL_MS)
    await round()
    expect(state).toMatchObject({ heads: 2, bundles: 2 })
    for (const each of place) expect(await search(each)).toMatchObject({ value: 'existing', revision: '2' })
    for (const each of place.slice(1)) {
      expect(each.services.edge.counters).toMatchObject({ asked: 2, head: 0, shared: 2, cache: 2, kv: 0, store: 0 })
    }
  })

  it('do not let an own publish wait for what another was told', async () => {
    const time = clock()
    const { state, store } = storeOf(await signedBundle({ revision: 1, issued: time.now - 5000 }))
    const worker = isolate({ store, now: () => time.now })
    await search(worker)
    await worker.settle()
    state.bundle = await signedBundle({ revision: 2, issued: time.now, definition: KILLED })
    await worker.services.edge.refresh()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    // And by then the others of the place can know as well.
    const other = isolate({ store, now: () => time.now })
    expect(await search(other)).toMatchObject({ revision: '2' })
    expect(other.services.edge.counters).toMatchObject({ head: 0, shared: 1, cache: 1 })
  })

  it('learn of a kill in two seconds at the worst, while KV knows nothing of it', async () => {
    const time = clock()
    const { state, store } = storeOf(await signedBundle({ revision: 1, issued: time.now - 5000 }))
    const latest = { store, now: () => time.now, random: () => 0.999 }
    const [first, second] = [isolate(latest), isolate(latest)]
    const ask = async (on: typeof first) => {
      await search(on)
      await on.settle()
    }
    await copyToKv(state.bundle)
    await ask(first)
    // Published just after somebody asked; the other asks just before that answer is too old to be shared.
    const killed = time.now
    state.bundle = await signedBundle({ revision: 2, issued: time.now + 1, definition: KILLED })
    time.pass(INTERVAL_MS / 2 - 1)
    await ask(second)
    while (second.services.edge.revision !== 2) {
      expect(time.now - killed).toBeLessThan(2000)
      time.pass(10)
      await ask(second)
    }
    expect(time.now - killed).toBeGreaterThan(1500)
    expect(second.services.edge.counters).toMatchObject({ store: 1 })
  })
})

describe('the bulk', () => {
  it('comes from KV where the place has none, and is there for the next isolate', async () => {
    const bundle = await signedBundle({ issued: Date.now() - 5000 })
    const { state, store } = storeOf(bundle)
    await copyToKv(bundle)
    const first = isolate({ store })
    expect(await search(first)).toMatchObject({ value: 'better' })
    await first.settle()
    const next = isolate({ store })
    expect(await search(next)).toMatchObject({ value: 'better' })
    expect(first.services.edge.counters).toMatchObject({ cache: 0, kv: 1, store: 0 })
    expect(next.services.edge.counters).toMatchObject({ cache: 1, kv: 0, store: 0 })
    expect(state.bundles).toBe(0)
  })

  const hanging = new Nearby('production', () => new Promise(() => undefined))
  const place = (content: BodyInit) =>
    new Nearby(
      'production',
      async () => ({ match: async () => new Response(content), put: async () => undefined }) as never,
    )
  const get = (answer: () => unknown) => ({ get: answer }) as never
  const page = new TextEncoder().encode('<!doctype html><title>502</title>')

  const broken: [string, Partial<Parameters<typeof isolate>[0]>][] = [
    ['there is no cache', { nearby: nowhere }],
    ['the cache hangs', { nearby: hanging }],
    ['the cache has a page', { nearby: place(page) }],
    ['the cache has nothing in it', { nearby: place('') }],
    ['there is no KV', { kv: null }],
    ['KV fails', { kv: get(() => Promise.reject(new Error('down'))) }],
    ['KV hangs', { kv: get(() => new Promise(() => undefined)) }],
    ['KV has a page', { kv: get(async () => page.buffer) }],
    ['KV has nothing in it', { kv: get(async () => new ArrayBuffer(0)) }],
    ['there is neither', { nearby: nowhere, kv: null }],
    ['both hang', { nearby: hanging, kv: get(() => new Promise(() => undefined)) }],
  ]

  it.each(broken)('is had from the store when %s, in time', async (_, layers) => {
    const { store } = storeOf(await signedBundle({ issued: Date.now() - 5000 }))
    const worker = isolate({ store, limitsMs: LIMITS_MS, ...layers })
    const before = Date.now()
    expect(await search(worker)).toMatchObject({ value: 'better', revision: '1' })
    expect(Date.now() - before).toBeLessThan(2500)
    expect(await health(worker)).toMatchObject({ stale: false, counters: { store: 1, adopted: 1 } })
  })

  it.each(broken)('is not waited for when %s and there is something at work', async (_, layers) => {
    const time = clock()
    const { state, store } = storeOf(await signedBundle({ issued: time.now - 5000 }))
    const worker = isolate({ store, limitsMs: LIMITS_MS, now: () => time.now, ...layers })
    await search(worker)
    state.bundle = await signedBundle({ revision: 2, issued: time.now, definition: KILLED })
    time.pass(INTERVAL_MS)
    const before = Date.now()
    expect(await search(worker)).toMatchObject({ status: 200 })
    expect(Date.now() - before).toBeLessThan(90)
    await worker.settle()
    expect(await search(worker)).toMatchObject({ revision: '2' })
  })

  it('is not kept before it was verified', async () => {
    const good = await signedBundle({ issued: Date.now() - 5000 })
    const forged = await signedBundle({ ...headOf(good), key: await newKey('test-1') })
    const { store } = storeOf(good)
    await copyToKv(good, encodeBundle(forged))
    const worker = isolate({ store })
    expect(await search(worker)).toMatchObject({ value: 'better' })
    await worker.settle()
    expect(worker.services.edge.counters).toMatchObject({ kv: 1, store: 1, refused: 1, adopted: 1 })
    const kept = await new Nearby('production').bytes(`bundle/${headOf(good).issued}`)
    expect(kept).toEqual(encodeBundle(good))
  })
})

describe('a cold isolate whose store', () => {
  const outages: [string, Answers][] = [
    ['is down', dead()],
    ['hangs', silent],
  ]

  it.each(outages)('%s answers from the copy that KV says is the newest, labelled stale', async (_, answers) => {
    await copyToKv(await signedBundle({ revision: 7, issued: Date.now() - 5000 }))
    const worker = isolate({ store: answering(() => answers), limitsMs: LIMITS_MS })
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '7', stale: true } })
  })

  const far: [string, Partial<Parameters<typeof isolate>[0]>][] = [
    ['is empty', {}],
    ['is not there', { kv: null }],
    ['is down', { kv: { get: () => Promise.reject(new Error('down')) } as never }],
    ['hangs', { kv: { get: () => new Promise(() => undefined) } as never }],
  ]

  it.each(far)('is down and whose KV %s answers from what was deployed, labelled stale', async (_, layers) => {
    const bundled = encodeBundle(await signedBundle({ revision: 3, issued: Date.now() - 5000 }))
    const worker = isolate({ store: answering(dead), bundled, limitsMs: LIMITS_MS, ...layers })
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '3', stale: true } })
    expect(await health(worker)).toMatchObject({ status: 'ok', stale: true, counters: { bundled: 1, failed: 1 } })
  })

  it('is down answers from what was deployed also when that has expired, or newer ones were seen', async () => {
    const issued = Date.now() - 365 * 24 * 3600_000
    const bundled = encodeBundle(await signedBundle({ revision: 3, issued, expires: issued + 1 }))
    await new Nearby('production').put('floor', { revision: 9, issued: issued + 5 }, 60)
    const worker = isolate({ store: answering(dead), bundled })
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '3', stale: true } })
  })

  it.each([
    ['with a key that is not trusted', async () => signedBundle({ key: await newKey('test-1') })],
    ['for another environment', async () => signedBundle({ environment: 'staging' })],
  ])('is down does not answer from what was deployed and signed %s', async (_, make) => {
    const worker = isolate({ store: answering(dead), bundled: encodeBundle(await make()) })
    expect((await search(worker)).status).toBe(500)
    expect(await health(worker)).toMatchObject({ status: 'unavailable', counters: { bundled: 0, refused: 1 } })
  })

  it('was down is no longer stale when it is back', async () => {
    const time = clock()
    const bundle = await signedBundle({ revision: 3, issued: time.now - 5000 })
    const { state, store } = storeOf(bundle)
    state.answers = dead()
    const worker = isolate({ store, bundled: encodeBundle(bundle), now: () => time.now, kv: null })
    expect(await search(worker)).toMatchObject({ metadata: { version: '3', stale: true } })
    state.answers = undefined
    time.pass(INTERVAL_MS)
    await search(worker)
    await worker.settle()
    expect(await health(worker)).toMatchObject({ revision: 3, stale: false })
    expect(state.bundles).toBe(0)
  })
})

describe('what was deployed', () => {
  it('serves as well as what would have to be fetched', async () => {
    const bundle = await signedBundle({ issued: Date.now() - 5000 })
    const { state, store } = storeOf(bundle)
    const worker = isolate({ store, bundled: encodeBundle(bundle) })
    expect(await search(worker)).toMatchObject({ value: 'better' })
    expect(await health(worker)).toMatchObject({ stale: false, counters: { bundled: 1, store: 0 } })
    expect(state).toMatchObject({ heads: 1, bundles: 0 })
  })

  it('gives way to what is newer', async () => {
    const { store } = storeOf(await signedBundle({ revision: 4, definition: KILLED }))
    const bundled = encodeBundle(await signedBundle({ revision: 3, issued: Date.now() - 5000 }))
    expect(await search(isolate({ store, bundled }))).toMatchObject({ value: 'existing', revision: '4' })
  })
})

describe('a restart', () => {
  const seen = { revision: 9, issued: Date.now() }
  const older: [string, { revision: number; issued: number }][] = [
    ['an earlier revision', { revision: 8, issued: seen.issued + 1000 }],
    ['an earlier moment', { revision: 9, issued: seen.issued - 1000 }],
  ]

  it.each(older)('does not make an isolate take %s than the place has seen', async (_, head) => {
    const { state, store } = storeOf(await signedBundle(seen))
    const first = isolate({ store })
    await search(first)
    await first.settle()
    state.bundle = await signedBundle({ ...head, definition: KILLED })
    const next = isolate({ store, now: () => Date.now() + 60_000 })
    expect((await search(next)).status).toBe(500)
    expect(await health(next)).toMatchObject({ revision: null, counters: { refused: 1, adopted: 0 } })
  })

  it.each(older)('does not make an isolate take %s than what was deployed', async (_, head) => {
    const { store } = storeOf(await signedBundle({ ...head, definition: KILLED }))
    const bundled = encodeBundle(await signedBundle(seen))
    const worker = isolate({ store, bundled })
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '9', stale: true } })
    expect(await health(worker)).toMatchObject({ counters: { refused: 1, bundled: 1 } })
  })

  it('is not held up by a floor that nobody can read', async () => {
    await new Nearby('production').put('floor', new TextEncoder().encode('{"revision":'), 60)
    const { store } = storeOf(await signedBundle(seen))
    expect(await search(isolate({ store }))).toMatchObject({ value: 'better', revision: '9' })
  })
})
