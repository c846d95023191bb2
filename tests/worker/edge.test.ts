import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Services, Store } from '../../worker/src/call.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import type { Bundle, DocumentName, Signed } from '../../worker/src/revision/bundle.ts'
import { Signer } from '../../worker/src/revision/signer.ts'
import * as isolates from './isolate.ts'
import { env, evaluate, type Isolate, nowhere, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'

const INTERVAL_MS = 1000
const QUESTION_LIMIT_MS = 1000
const KILLED = definitionWith({
  search: { ...JSON.parse(DEFINITION).flags.search, rules: [], otherwise: 'existing' },
})

const store = () => env.FLAG_STORE.getByName('production')

/** What the edge asks of the store. */
type Answers = Pick<Store, 'head' | 'bundle'>

const real: Answers = { head: async () => store().head(), bundle: async () => store().bundle() }
const dead = (cause = new Error('down')): Answers => ({
  head: () => Promise.reject(cause),
  bundle: () => Promise.reject(cause),
})
const silent: Answers = { head: () => new Promise(() => undefined), bundle: () => new Promise(() => undefined) }

/** An isolate that knows nothing but what the store tells it: the other layers have tests of their own. */
const isolate = (options: Parameters<typeof isolates.isolate>[0] = {}) =>
  isolates.isolate({ nearby: nowhere, kv: null, ...options })

/** A store that answers these two questions as it is told, and is real otherwise. */
const answering =
  (answers: () => Answers): Services['store'] =>
  () =>
    ({ ...answers(), actor: async () => null }) as unknown as Store

async function bundleNow(): Promise<Bundle> {
  const bundle = await store().bundle()
  if (bundle === null) throw new Error('nothing was published')
  return bundle
}

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
    const publisher = isolate()
    await publish(publisher, DEFINITION)
    const answers: Awaited<ReturnType<typeof search>>[] = []
    for (let revision = 2; revision <= 21; revision += 1) {
      await publish(publisher, revision % 2 === 0 ? KILLED : DEFINITION)
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
  const asked: (keyof Answers)[] = []
  const counting = async <T>(question: keyof Answers, answer: () => Promise<T>) => {
    asked.push(question)
    await scheduler.wait(delayMs)
    return await answer()
  }
  const answers: Answers = {
    head: () => counting('head', real.head),
    bundle: () => counting('bundle', real.bundle),
  }
  return { asked, store: answering(() => answers) }
}

describe('a thousand requests at once', () => {
  it('ask the store once in an interval', async () => {
    await publish(isolate(), DEFINITION)
    const time = clock()
    const { asked, store } = counted()
    const worker = isolate({ store, now: () => time.now })
    const burst = () => Promise.all(Array.from({ length: 1000 }, () => search(worker)))

    for (const answer of await burst()) expect(answer).toMatchObject({ status: 200, value: 'better' })
    expect(asked).toEqual(['head', 'bundle'])
    await burst()
    expect(asked).toHaveLength(2)
    for (let interval = 1; interval <= 3; interval += 1) {
      time.pass(INTERVAL_MS)
      await burst()
      await worker.settle()
    }
    expect(asked).toEqual(['head', 'bundle', 'head', 'head', 'head'])
    const { counters } = await health(worker)
    expect(counters).toMatchObject({ asked: 4, head: 4, store: 1, adopted: 1, refused: 0, failed: 0 })
  })

  it('ask a dead store once in an interval too, also before anything was ever had', async () => {
    const time = clock()
    const head = vi.fn<Answers['head']>(dead().head)
    const worker = isolate({ store: answering(() => ({ ...dead(), head })), now: () => time.now })
    const burst = () => Promise.all(Array.from({ length: 1000 }, () => search(worker)))
    for (const answer of await burst()) expect(answer).toMatchObject({ status: 503 })
    await burst()
    expect(head).toHaveBeenCalledTimes(1)
    time.pass(INTERVAL_MS)
    await burst()
    expect(head).toHaveBeenCalledTimes(2)
  })
})

describe('the time between two questions', () => {
  /** How long it is after each of so many failures, in milliseconds, by trying. */
  async function pauses(on: Isolate, time: ReturnType<typeof clock>, questions: number) {
    const asked = () => on.services.edge.counters.asked ?? 0
    const found: number[] = []
    for (let question = 0; question < questions; question += 1) {
      const before = asked()
      let waitedMs = 0
      for (; asked() === before; waitedMs += 100) {
        time.pass(100)
        on.services.edge.askIfDue(() => undefined)
      }
      await scheduler.wait(1)
      found.push(waitedMs)
    }
    return found
  }

  it('doubles while the store fails, up to half a minute, and is an interval again after that', async () => {
    const { state, worker, turn, time } = await settled()
    state.store = dead()
    await turn()
    expect(await pauses(worker, time, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    state.store = real
    time.pass(30_000)
    await turn()
    expect(await pauses(worker, time, 3)).toEqual([1000, 1000, 1000])
  })

  it('is two seconds at most while there is nothing to answer from', async () => {
    const time = clock()
    const worker = isolate({ store: answering(dead), now: () => time.now })
    await search(worker)
    expect(await pauses(worker, time, 4)).toEqual([1000, 2000, 2000, 2000])
  })

  it.each([
    [0, 900],
    [0.5, 1000],
    [0.999, 1100],
  ])('differs by a tenth from isolate to isolate: where chance says %s it is %s ms', async (chance, expected) => {
    await publish(isolate(), DEFINITION)
    const time = clock()
    const worker = isolate({ now: () => time.now, random: () => chance })
    await search(worker)
    expect(await pauses(worker, time, 1)).toEqual([expected])
  })

  it('counts for nothing after an own publish', async () => {
    const { state, worker, time } = await settled()
    state.store = dead()
    for (let failure = 0; failure < 6; failure += 1) {
      time.pass(60_000)
      await search(worker)
      await worker.settle()
    }
    state.store = real
    await publish(isolate(), KILLED)
    await worker.services.edge.refresh()
    expect(await search(worker)).toMatchObject({ revision: '2' })
  })
})

describe('a request that comes while the first revision is loaded', () => {
  it('waits for it, and does not take the store for empty', async () => {
    await publish(isolate(), DEFINITION)
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const bundle = async () => {
      const got = await real.bundle()
      arrived()
      return got
    }
    // Below the requests, whose own work would take longer than the loading does.
    const { edge } = isolate({ store: answering(() => ({ ...real, bundle })) }).services
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
  const state = { store: real }
  const worker = isolate({
    now: () => time.now,
    store: answering(() => state.store),
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
    state.store = dead()
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '1', stale: true } })
    expect(await health(worker)).toMatchObject({ status: 'ok', revision: 1, stale: true })
    time.pass(365 * 24 * 3600 * 1000)
    await turn()
    expect(await search(worker)).toMatchObject({ status: 200, value: 'better', metadata: { stale: true } })
    expect((await worker.client('/v1/snapshot/client')).status).toBe(200)
  })

  it('is no longer stale when it is back', async () => {
    const { state, worker, turn } = await settled()
    state.store = dead()
    await turn()
    expect(await health(worker)).toMatchObject({ stale: true })
    state.store = real
    await publish(isolate(), KILLED)
    await turn()
    expect(await health(worker)).toMatchObject({ stale: false, revision: 2, counters: { failed: 1, adopted: 2 } })
  })

  it('that never answers holds no request up, and is given up on', async () => {
    const { state, worker, turn, time } = await settled()
    state.store = silent
    time.pass(INTERVAL_MS)
    const before = Date.now()
    expect(await search(worker)).toMatchObject({ value: 'better' })
    expect(Date.now() - before).toBeLessThan(QUESTION_LIMIT_MS / 2)
    await worker.settle()
    expect(await health(worker)).toMatchObject({ stale: true, counters: { failed: 1 } })
    state.store = real
    await turn()
    expect(await health(worker)).toMatchObject({ stale: false })
  })

  it('is an error to an isolate that has nothing, and no longer than it fails', async () => {
    await publish(isolate(), DEFINITION)
    const time = clock()
    const state = { store: dead(new Error('secret of the store')) }
    const worker = isolate({ now: () => time.now, store: answering(() => state.store) })
    const answer = await search(worker)
    expect(answer).toMatchObject({ status: 503 })
    expect(JSON.stringify(answer)).not.toContain('secret of the store')
    expect(await health(worker)).toMatchObject({ status: 'unavailable', revision: null })
    expect((await worker.fetch('/healthz')).status).toBe(503)
    const snapshot = await worker.client('/v1/snapshot/client')
    expect(snapshot.status).toBe(503)
    expect(snapshot.headers.get('retry-after')).toBe('1')
    state.store = real
    time.pass(INTERVAL_MS)
    expect(await search(worker)).toMatchObject({ status: 200, value: 'better' })
  })

  it('is told to a publisher as such, without what it said', async () => {
    const outage = Object.assign(new Error('secret of the store'), { retryable: true })
    for (const [thrown, status] of [[outage, 503] as const, [new Error('secret of the store'), 500] as const]) {
      const broken = () => Promise.reject(thrown)
      const worker = isolate({ store: () => ({ history: broken }) as unknown as Store })
      const response = await worker.admin('/v1/admin/history')
      expect(response.status).toBe(status)
      expect(await response.text()).not.toContain('secret')
    }
  })
})

/** A bundle with one document in another state, signed again as if that were what the store meant. */
async function resigned(bundle: Bundle, name: DocumentName, bytes: Uint8Array): Promise<Bundle> {
  const signer = new Signer(JSON.parse(env.SIGNING_KEY ?? ''))
  const [, payload = ''] = bundle.access.statement.split('.')
  const { digest: _, ...moment } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  return { ...bundle, [name]: await signer.sign(name, bytes, moment) }
}

describe('a bundle that is not good', () => {
  const edgeOf = ({ edge }: Bundle): Signed => edge ?? { bytes: new Uint8Array(), statement: '' }
  const spoilt: [string, (bundle: Bundle, old: Bundle) => Bundle | Promise<Bundle>][] = [
    ['is cut short', (bundle) => resigned(bundle, 'edge', edgeOf(bundle).bytes.slice(0, -7))],
    ['is empty', (bundle) => resigned(bundle, 'edge', new Uint8Array())],
    ['is noise', (bundle) => resigned(bundle, 'edge', crypto.getRandomValues(new Uint8Array(1000)))],
    ['is a page', (bundle) => resigned(bundle, 'edge', new TextEncoder().encode('<!doctype html>'))],
    ['is of an earlier revision than it says', (bundle, old) => resigned(bundle, 'edge', edgeOf(old).bytes)],
    ['says badly what is revealed', (bundle) => resigned(bundle, 'reveal', new TextEncoder().encode('{"search"'))],
    ['says badly who is let in', (bundle) => resigned(bundle, 'access', new TextEncoder().encode('[{'))],
    ['has parts of two revisions', (bundle, { client }) => ({ ...bundle, ...(client && { client }) })],
  ]

  it.each(spoilt)('because it %s is not adopted, and the next good one is', async (_, spoil) => {
    const { state, worker, turn } = await settled()
    const old = await bundleNow()
    await publish(isolate(), KILLED)
    const bad = await spoil(await bundleNow(), old)
    const asked = vi.fn(async () => bad)
    state.store = { ...real, bundle: asked }
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'better', revision: '1', metadata: { stale: true } })
    await turn()
    // What was refused is not fetched again at every interval, and the answers stay labelled.
    expect(asked).toHaveBeenCalledTimes(1)
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true, counters: { refused: 1, adopted: 1 } })

    state.store = real
    for (let more = 0; more < 6; more += 1) await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '8' })
    expect(await health(worker)).toMatchObject({ revision: 8, stale: false })
  })

  it('is asked for again after a minute', async () => {
    const { state, worker, turn, time } = await settled()
    await publish(isolate(), KILLED)
    const bad = await resigned(await bundleNow(), 'edge', new Uint8Array())
    state.store = { ...real, bundle: async () => bad }
    await turn()
    state.store = real
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true })
    time.pass(60_000)
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 2, stale: false })
  })

  it('of another environment is not adopted', async () => {
    await publish(isolate(), DEFINITION)
    const stranger = isolate({ env: { ENVIRONMENT: 'staging' }, store: answering(() => real) })
    expect(await search(stranger)).toMatchObject({ status: 503 })
    expect(await health(stranger)).toMatchObject({ status: 'unavailable', counters: { refused: 1, adopted: 0 } })
  })

  it('of an earlier revision never replaces a later one', async () => {
    const { state, worker, turn } = await settled()
    const old = await bundleNow()
    await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    state.store = { head: async () => ({ revision: 1, issued: Date.now() + 60_000 }), bundle: async () => old }
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    expect(await health(worker)).toMatchObject({ revision: 2, counters: { adopted: 2, refused: 1 } })
  })
})

describe('the tokens of a moment', () => {
  it('are known without a new revision, and the engine goes on', async () => {
    const { worker, turn } = await settled()
    const before = worker.services.edge.standing.adopted
    const grant = { kind: 'client', name: 'more', digest: await sha256Hex('fader_client_more') } as const
    await store().grant({ id: 'root', name: 'root', role: 'admin', kind: 'person' }, grant)
    expect(worker.services.edge.entryOf(grant.digest)).toBeUndefined()
    await turn()
    expect(worker.services.edge.entryOf(grant.digest)).toMatchObject({ kind: 'client' })
    const after = worker.services.edge.standing.adopted
    expect(after?.engine).toBe(before?.engine)
    // The signature is handed on as it is now.
    expect(after?.client.statement).not.toBe(before?.client.statement)
    expect(await health(worker)).toMatchObject({ stale: false, counters: { adopted: 1, renewed: 1 } })
  })
})

describe('requests that are cut off', () => {
  it('do not stop the isolate from asking again', async () => {
    const { state, worker, time } = await settled()
    state.store = silent
    // The question of a request that was cut off takes its timer with it: nothing ever ends it.
    vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never)
    time.pass(INTERVAL_MS)
    await search(worker)
    vi.mocked(globalThis.setTimeout).mockRestore()
    state.store = real
    await publish(isolate(), KILLED)
    time.pass(2 * QUESTION_LIMIT_MS)
    await search(worker)
    await scheduler.wait(50)
    expect(await search(worker)).toMatchObject({ revision: '2' })
  })
})
