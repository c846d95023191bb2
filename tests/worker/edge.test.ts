import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../worker/src/call.ts'
import {
  type Answers,
  answering,
  clock,
  dead,
  health,
  INTERVAL_MS,
  isolate,
  KILLED,
  QUESTION_LIMIT_MS,
  real,
  search,
  settled,
  silent,
} from './alone.ts'
import { evaluate, type Isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'

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
    for (const answer of await burst()) expect(answer).toMatchObject({ status: 500 })
    await burst()
    // Each question is put twice where the first try fails.
    expect(head).toHaveBeenCalledTimes(2)
    expect(worker.services.edge.counters.asked).toBe(1)
    time.pass(INTERVAL_MS)
    await burst()
    expect(head).toHaveBeenCalledTimes(4)
  })
})

describe('a store that fails now and then', () => {
  const overloaded = Object.assign(new Error('too much to do'), { overloaded: true })

  it.each([
    ['once', [new Error('down')], { asked: 1, failed: 0, head: 1 }, 2],
    ['twice in a row', [new Error('down'), new Error('down')], { asked: 1, failed: 1, head: 1 }, 2],
    ['because it has too much to do', [overloaded], { asked: 1, failed: 1, head: 1 }, 1],
  ])('%s is asked once more where that may help', async (_, failures, counters, calls) => {
    await publish(isolate(), DEFINITION)
    const left = [...failures]
    const head = vi.fn<Answers['head']>(async () => {
      const cause = left.shift()
      if (cause !== undefined) throw cause
      return await real.head()
    })
    const worker = isolate({ store: answering(() => ({ ...real, head })) })
    await search(worker)
    expect(head).toHaveBeenCalledTimes(calls)
    expect(worker.services.edge.counters).toMatchObject(counters)
    expect(worker.services.edge.revision).toBe(counters.failed === 0 ? 1 : undefined)
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

  it('doubles while the store fails, up to five seconds, and is an interval again after that', async () => {
    const { state, worker, turn, time } = await settled()
    state.store = dead()
    await turn()
    expect(await pauses(worker, time, 7)).toEqual([1000, 2000, 4000, 5000, 5000, 5000, 5000])
    state.store = real
    time.pass(5000)
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
    expect(answer).toMatchObject({ status: 500 })
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
