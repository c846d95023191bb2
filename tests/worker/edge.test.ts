import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Source } from '../../worker/src/edge/edge.ts'
import type { Bundle } from '../../worker/src/revision/bundle.ts'
import { env, evaluate, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'

const INTERVAL_MS = 1000
const QUESTION_LIMIT_MS = 1000
const KILLED = definitionWith({
  search: { ...JSON.parse(DEFINITION).flags.search, rules: [], otherwise: 'existing' },
})

const store = () => env.FLAG_STORE.getByName('production')

/** A clock that stands until it is moved. */
function clock() {
  const state = {
    now: Date.now(),
    pass: (ms: number) => {
      state.now += ms
    },
  }
  return state
}

/** What a Swede's search is, and from which revision. */
async function search(on: Isolate) {
  const response = await evaluate(on, { country: 'SE' }, { key: 'search' })
  const body = await response.json<{ value?: string; errorCode?: string; metadata?: Record<string, unknown> }>()
  return { status: response.status, revision: response.headers.get('fader-revision'), ...body }
}

const health = async (on: Isolate) =>
  (await on.fetch('/healthz')).json<{ status: string; revision: number | null; stale: boolean; counters: unknown }>()

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => vi.restoreAllMocks())

describe('a new revision', () => {
  it('is adopted at once by the isolate that published it', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    expect(await search(worker)).toMatchObject({ value: 'better', revision: '1' })
    await publish(worker, KILLED)
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
  })

  it('is adopted by another isolate after an interval and one request, without a restart', async () => {
    const time = clock()
    const publisher = isolate()
    const other = isolate({ now: () => time.now })
    await publish(publisher, DEFINITION)
    expect(await search(other)).toMatchObject({ value: 'better', revision: '1' })
    await publish(publisher, KILLED)

    time.pass(INTERVAL_MS - 1)
    await search(other)
    await other.settle()
    expect(await search(other)).toMatchObject({ revision: '1' })

    time.pass(1)
    expect(await search(other)).toMatchObject({ revision: '1' })
    await other.settle()
    expect(await search(other)).toMatchObject({ value: 'existing', revision: '2' })
  })

  it('is adopted by an isolate that found the store empty', async () => {
    const time = clock()
    const other = isolate({ now: () => time.now })
    expect(await health(other)).toMatchObject({ status: 'empty', revision: null, stale: false })
    await publish(isolate(), DEFINITION)
    time.pass(INTERVAL_MS)
    await other.fetch('/healthz')
    await other.settle()
    expect(await health(other)).toMatchObject({ status: 'ok', revision: 1, stale: false })
  })

  it('is seen within the configured interval on the real clock', async () => {
    const publisher = isolate()
    const other = isolate({ env: { REFRESH_INTERVAL_MS: '100' } })
    await publish(publisher, DEFINITION)
    await search(other)
    await publish(publisher, KILLED)
    const published = Date.now()
    while ((await search(other)).revision !== '2') {
      // Far more than the interval, for the sake of a busy machine. The exact bound is the clock's above.
      expect(Date.now() - published).toBeLessThan(5000)
      await scheduler.wait(10)
      await other.settle()
    }
  })
})

describe('requests while revisions change', () => {
  it('are all answered, each by one revision, and none by an engine that is gone', async () => {
    const time = clock()
    const worker = isolate({ now: () => time.now, env: { REFRESH_INTERVAL_MS: '1' } })
    await publish(worker, DEFINITION)
    const answers: Awaited<ReturnType<typeof search>>[] = []
    for (let revision = 2; revision <= 21; revision += 1) {
      await store().publish(new TextEncoder().encode(revision % 2 === 0 ? KILLED : DEFINITION), 'any')
      time.pass(1)
      const burst = Array.from({ length: 50 }, () => Promise.all([search(worker), evaluate(worker, {})]))
      for (const [answer, all] of await Promise.all(burst)) {
        answers.push(answer)
        const { flags } = await all.json<{ flags: { errorCode?: string }[] }>()
        expect(flags.filter(({ errorCode }) => errorCode !== undefined)).toEqual([])
      }
      await worker.settle()
    }
    for (const { status, value, revision } of answers) {
      expect(status).toBe(200)
      expect(value).toBe(Number(revision) % 2 === 0 ? 'existing' : 'better')
    }
    expect(new Set(answers.map(({ revision }) => revision)).size).toBeGreaterThan(10)
  })
})

/** Counts the questions that reach the store, and answers each after a while. */
function counted(delayMs = 20) {
  const questions: number[] = []
  const source: Source = async (revision) => {
    questions.push(revision)
    await scheduler.wait(delayMs)
    return store().newer(revision)
  }
  return { questions, source }
}

describe('a thousand requests at once', () => {
  it('ask the store once in an interval', async () => {
    await publish(isolate(), DEFINITION)
    const time = clock()
    const { questions, source } = counted()
    const worker = isolate({ source, now: () => time.now })
    const burst = () => Promise.all(Array.from({ length: 1000 }, () => search(worker)))

    for (const answer of await burst()) expect(answer).toMatchObject({ status: 200, value: 'better' })
    expect(questions).toEqual([0])
    await burst()
    expect(questions).toEqual([0])
    for (let interval = 1; interval <= 3; interval += 1) {
      time.pass(INTERVAL_MS)
      await burst()
      await worker.settle()
    }
    expect(questions).toEqual([0, 1, 1, 1])
    expect((await health(worker)).counters).toEqual({ asked: 4, adopted: 1, refused: 0, failed: 0 })
  })

  it('ask a dead store once in an interval too, also before anything was ever had', async () => {
    const time = clock()
    const source = vi.fn<Source>(async () => Promise.reject(new Error('down')))
    const worker = isolate({ source, now: () => time.now })
    const burst = () => Promise.all(Array.from({ length: 1000 }, () => search(worker)))
    for (const answer of await burst()) expect(answer).toMatchObject({ status: 500, errorCode: 'GENERAL' })
    await burst()
    expect(source).toHaveBeenCalledTimes(1)
    time.pass(INTERVAL_MS)
    await burst()
    expect(source).toHaveBeenCalledTimes(2)
  })
})

describe('a request that comes while the first revision is loaded', () => {
  it('waits for it, and does not take the store for empty', async () => {
    await publish(isolate(), DEFINITION)
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const source: Source = async (revision) => {
      const bundle = await store().newer(revision)
      arrived()
      return bundle
    }
    // Below the requests, whose own work would take longer than the loading does.
    const { edge } = isolate({ source }).services
    const revisions: Promise<number | undefined>[] = []
    const ask = () => revisions.push(edge.ready(() => undefined).then(() => edge.standing.adopted?.revision))
    ask()
    await arrival
    for (let turn = 0; turn < 100; turn += 1) {
      ask()
      await Promise.resolve()
    }
    expect(new Set(await Promise.all(revisions))).toEqual(new Set([1]))
  })
})

describe('a clock that is set back', () => {
  it('does not keep the isolate from asking', async () => {
    const { worker, turn, time } = await settled()
    time.pass(-24 * 3600 * 1000)
    await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
  })
})

/** An isolate at revision 1, whose source is then whatever the test says. */
async function settled() {
  const time = clock()
  await publish(isolate(), DEFINITION)
  const state: { source: Source } = { source: (revision) => store().newer(revision) }
  const worker = isolate({
    now: () => time.now,
    source: (revision) => state.source(revision),
    questionLimitMs: QUESTION_LIMIT_MS,
  })
  expect(await search(worker)).toMatchObject({ value: 'better', revision: '1' })
  /** Lets one question be asked and answered. */
  const turn = async () => {
    time.pass(INTERVAL_MS)
    await search(worker)
    await worker.settle()
  }
  return { state, worker, turn, time }
}

describe('a store that fails', () => {
  it('leaves the last good answers, labelled stale, for ever', async () => {
    const { state, worker, turn, time } = await settled()
    expect((await search(worker)).metadata).toEqual({ version: '1', rule: 'sweden' })
    state.source = async () => Promise.reject(new Error('down'))
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '1', stale: true } })
    expect(await health(worker)).toMatchObject({ status: 'ok', revision: 1, stale: true })
    time.pass(365 * 24 * 3600 * 1000)
    await turn()
    expect(await search(worker)).toMatchObject({ status: 200, value: 'better', metadata: { stale: true } })
    expect((await worker.fetch('/v1/snapshot/client')).status).toBe(200)
  })

  it('is no longer stale when it is back', async () => {
    const { state, worker, turn } = await settled()
    const { source } = state
    state.source = async () => Promise.reject(new Error('down'))
    await turn()
    expect(await health(worker)).toMatchObject({ stale: true })
    state.source = source
    await publish(isolate(), KILLED)
    await turn()
    expect(await health(worker)).toMatchObject({ stale: false, revision: 2, counters: { failed: 1, adopted: 2 } })
  })

  it('that never answers holds no request up, and is given up on', async () => {
    const { state, worker, turn, time } = await settled()
    state.source = () => new Promise(() => undefined)
    time.pass(INTERVAL_MS)
    const before = Date.now()
    expect(await search(worker)).toMatchObject({ value: 'better' })
    expect(Date.now() - before).toBeLessThan(QUESTION_LIMIT_MS / 2)
    await worker.settle()
    expect(await health(worker)).toMatchObject({ stale: true, counters: { failed: 1 } })
    state.source = (revision) => store().newer(revision)
    await turn()
    expect(await health(worker)).toMatchObject({ stale: false })
  })

  it('is an error to an isolate that has nothing, and no longer than it fails', async () => {
    await publish(isolate(), DEFINITION)
    const time = clock()
    const state: { source: Source } = { source: async () => Promise.reject(new Error('secret of the store')) }
    const worker = isolate({ now: () => time.now, source: (revision) => state.source(revision) })
    const answer = await search(worker)
    expect(answer).toMatchObject({ status: 500, errorCode: 'GENERAL' })
    expect(JSON.stringify(answer)).not.toContain('secret of the store')
    expect(await health(worker)).toMatchObject({ status: 'unavailable', revision: null })
    expect((await worker.fetch('/healthz')).status).toBe(503)
    const snapshot = await worker.fetch('/v1/snapshot/client')
    expect(snapshot.status).toBe(503)
    expect(snapshot.headers.get('retry-after')).toBe('1')
    state.source = (revision) => store().newer(revision)
    time.pass(INTERVAL_MS)
    expect(await search(worker)).toMatchObject({ status: 200, value: 'better' })
  })

  it('is told to a publisher as such, without what it said', async () => {
    const outage = Object.assign(new Error('secret of the store'), { retryable: true })
    for (const [thrown, status] of [[outage, 503] as const, [new Error('secret of the store'), 500] as const]) {
      const broken = () => Promise.reject(thrown)
      const worker = isolate({ store: () => ({ publish: broken, current: broken, newer: broken, history: broken }) })
      const response = await worker.admin('/v1/admin/history')
      expect(response.status).toBe(status)
      expect(await response.text()).not.toContain('secret')
    }
  })
})

describe('a bundle that is not good', () => {
  const spoilt: [string, (bundle: Bundle, old: Bundle) => Bundle][] = [
    ['is cut short', (bundle) => ({ ...bundle, edge: bundle.edge.slice(0, -7) })],
    ['is empty', (bundle) => ({ ...bundle, edge: new Uint8Array() })],
    ['is noise', (bundle) => ({ ...bundle, edge: crypto.getRandomValues(new Uint8Array(1000)) })],
    ['is a page', (bundle) => ({ ...bundle, edge: new TextEncoder().encode('<!doctype html>') })],
    ['is of an earlier revision than it says', (bundle, old) => ({ ...old, revision: bundle.revision })],
    ['is of a later revision than it says', (bundle) => ({ ...bundle, revision: bundle.revision + 5 })],
    ['says badly what is revealed', (bundle) => ({ ...bundle, reveal: new TextEncoder().encode('{"search"') })],
  ]

  it.each(spoilt)('because it %s is not adopted, and the next good one is', async (_, spoil) => {
    const { state, worker, turn } = await settled()
    const old = (await store().newer(0)) as Bundle
    await publish(isolate(), KILLED)
    const bundle = (await store().newer(1)) as Bundle
    const asked: number[] = []
    state.source = async (revision) => {
      asked.push(revision)
      const bad = spoil(bundle, old)
      return bad.revision > revision ? bad : null
    }
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'better', revision: '1', metadata: { stale: true } })
    await turn()
    // What was refused is not fetched again at every interval, and the answers stay labelled.
    expect(asked).toEqual([1, spoil(bundle, old).revision])
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true, counters: { refused: 1, adopted: 1 } })

    state.source = (revision) => store().newer(revision)
    for (let more = 0; more < 6; more += 1) await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '8' })
    expect(await health(worker)).toMatchObject({ revision: 8, stale: false })
  })

  it('is asked for again after a minute', async () => {
    const { state, worker, turn, time } = await settled()
    await publish(isolate(), KILLED)
    const bundle = (await store().newer(1)) as Bundle
    state.source = async () => ({ ...bundle, edge: bundle.edge.slice(0, -7) })
    await turn()
    state.source = (revision) => store().newer(revision)
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true })
    time.pass(60_000)
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 2, stale: false })
  })

  it('of another environment is not adopted', async () => {
    await publish(isolate(), DEFINITION)
    const stranger = isolate({ env: { ENVIRONMENT: 'staging' }, source: (revision) => store().newer(revision) })
    expect(await search(stranger)).toMatchObject({ status: 500, errorCode: 'GENERAL' })
    expect(await health(stranger)).toMatchObject({ status: 'unavailable', counters: { refused: 1, adopted: 0 } })
  })

  it('of an earlier revision never replaces a later one', async () => {
    const { state, worker, turn } = await settled()
    const old = (await store().newer(0)) as Bundle
    await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    state.source = async () => old
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    expect(await health(worker)).toMatchObject({ revision: 2, stale: false, counters: { adopted: 2 } })
  })
})

describe('requests that are cut off', () => {
  it('do not stop the isolate from asking again', async () => {
    const { state, worker, time } = await settled()
    state.source = () => new Promise(() => undefined)
    // The question of a request that was cut off takes its timer with it: nothing ever ends it.
    vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never)
    time.pass(INTERVAL_MS)
    await search(worker)
    vi.mocked(globalThis.setTimeout).mockRestore()
    state.source = (revision) => store().newer(revision)
    await publish(isolate(), KILLED)
    time.pass(2 * QUESTION_LIMIT_MS)
    await search(worker)
    await scheduler.wait(50)
    expect(await search(worker)).toMatchObject({ revision: '2' })
  })
})
