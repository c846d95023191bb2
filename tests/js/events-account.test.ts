import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Recorder } from '../../js/src/events/event.ts'
import { type Kept, Queue } from '../../js/src/events/queue.ts'
import { createRecorder } from '../../js/src/events/recorder.ts'
import type { Memory } from '../../js/src/types.ts'
import { anna, EventLedger, exposure, measured, TestLocks, TestMemory, TestPage } from './support/events.ts'

const ADDRESS = 'https://flags.example.com/v1/events?key=k'
const START = Date.parse('2026-11-21T12:00:00Z')

/** What becomes of a batch that is sent. */
const networks = [
  'good',
  'down',
  'loses answers',
  'slow',
  'busy',
  'closed',
  'broken',
  'narrow',
  'strict',
  'portal',
] as const
type Network = (typeof networks)[number]

interface Tab {
  readonly page: TestPage
  readonly recorder: Recorder
  isAlive: boolean
  isAway: boolean
}

/** One browser with some tabs, its memory, and the network between it and the ledger. */
class World {
  readonly ledger = new EventLedger()
  readonly memory = new TestMemory()
  readonly locks = new TestLocks()
  readonly tabs: Tab[] = []
  network: Network = 'good'
  clockMs = 0
  /** How many numbers each queue gave. */
  readonly queues = new Map<Queue, number>()
  /** Ids of which nobody can know: they were in a page that died where it could not keep them, or may have arrived. */
  readonly lost = new Set<string>()
  /** Ids that were sent after the memory began to refuse, so that what is kept of them says that they were not. */
  readonly stale = new Set<string>()
  /** Losses that a page knew of which died where it could not keep that. */
  untold = 0
  #count = 0

  open(): void {
    const tab = { isAlive: true, isAway: false } as Tab
    const beacon = (body: string) => tab.isAlive && (this.network === 'down' || this.ledger.take(body) !== undefined)
    const page = new TestPage(beacon, this.locks)
    const fetch = (_: unknown, { body, signal }: RequestInit = {}) =>
      Promise.race([this.#answer(tab, `${body}`), aborted(signal)])
    const now = () => Date.now() + this.clockMs
    const recorder = createRecorder({ address: ADDRESS, fetch, memory: this.#memoryOf(tab), page, now })
    this.tabs.push(Object.assign(tab, { page, recorder }))
  }

  /** Something happens in a tab, of which an event is made. */
  happen(tab: Tab, what: number): void {
    this.#count += 1
    const at = Date.now() + this.clockMs
    const units = what % 5 === 0 ? { userId: 'berta' } : anna
    if (what % 3 === 0) tab.recorder.record({ ...exposure(`flag-${this.#count}`), at, units })
    else if (what % 3 === 1) tab.recorder.record({ ...measured(`name-${what % 4}`, this.#count), at, units })
    else tab.recorder.record({ ...measured(`click-${what % 4}`), at, units })
  }

  /** The tab is no more, and what only it knew is lost: nothing, where it went in order and could keep things. */
  end(tab: Tab, isOrderly = false): void {
    const before = this.lost.size
    for (const queue of this.queues.keys()) {
      if (this.#tabOf(queue) !== tab) continue
      const record = [...this.memory.kept].find(([key]) => key.endsWith(queue.life))?.[1]
      const kept = record === undefined ? undefined : (JSON.parse(record) as Kept)
      const numbers = new Set(kept?.events.map(({ n }) => n))
      for (const { n } of this.#eventsOf(queue)) {
        const isStored = this.ledger.lives.get(queue.life)?.stored.has(n)
        if (!numbers.has(n) && !isStored) this.lost.add(`${queue.life}.${n}`)
        if (kept && n > kept.tried && n <= queue.doubt) this.stale.add(`${queue.life}.${n}`)
      }
      const told = this.ledger.lives.get(queue.life)?.dropped ?? {}
      for (const [loss, count] of Object.entries(queue.dropped)) {
        const known = Math.max(told[loss] ?? 0, kept?.dropped[loss as 'consent'] ?? 0)
        if (isOrderly && this.memory.refuses === 'nothing') expect(known).toBe(count)
        this.untold += count - known
      }
    }
    if (isOrderly && this.memory.refuses === 'nothing') expect(this.lost.size).toBe(before)
    tab.isAlive = false
    this.locks.end(tab.page)
    this.tabs.splice(this.tabs.indexOf(tab), 1)
  }

  /** What does not run writes nothing, though its timers go on here. */
  #memoryOf(tab: Tab): Memory {
    const memory = () => {
      if (!tab.isAlive || tab.isAway) throw new Error('this page does not run')
      return this.memory
    }
    return {
      getItem: (name) => memory().getItem(name),
      setItem: (name, value) => memory().setItem(name, value),
      removeItem: (name) => memory().removeItem(name),
    }
  }

  #tabOf(queue: Queue): Tab | undefined {
    const owner = this.locks.owners.get(`fader-life-${queue.life}`)
    return this.tabs.find(({ page }) => page === owner)
  }

  /** A queue gives a number. What a dead page still does in this process did not happen. */
  saw(queue: Queue): void {
    if (this.#tabOf(queue)?.isAlive) this.queues.set(queue, (this.queues.get(queue) ?? 0) + 1)
  }

  /** What may have arrived was dropped, and nobody can say whether it had. */
  doubted(queue: Queue, isSuch: (item: { n: number; at: number }) => boolean): void {
    for (const item of this.#eventsOf(queue)) {
      if (isSuch(item) && item.n <= queue.doubt) this.lost.add(`${queue.life}.${item.n}`)
    }
  }

  #eventsOf(queue: Queue) {
    return (JSON.parse(queue.kept(0)) as Kept).events
  }

  async #answer(tab: Tab, body: string): Promise<Response> {
    const { network } = this
    await new Promise((resolve) => setTimeout(resolve, network === 'slow' ? 5000 : 20))
    if (!tab.isAlive || tab.isAway) return await new Promise(() => {})
    const answer = (status: number, headers = {}) => new Response('{}', { status, headers })
    if (network === 'down') throw new TypeError('Failed to fetch')
    if (network === 'busy') return answer(429, { 'retry-after': '7' })
    if (network === 'closed') return answer(403)
    if (network === 'broken') return answer(500)
    if (network === 'portal') return new Response('<!doctype html>')
    if (network === 'narrow' && body.length > 2000) return answer(413)
    if (network === 'strict') return answer(400)
    const receipt = this.ledger.take(body)
    if (network === 'loses answers') throw new TypeError('Failed to fetch')
    return Response.json(receipt)
  }
}

const aborted = (signal: AbortSignal | null | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))

type Step =
  | {
      readonly do: 'open' | 'hide' | 'show' | 'crash' | 'leave' | 'freeze' | 'thaw' | 'flush' | 'close'
      readonly tab: number
    }
  | { readonly do: 'happen'; readonly tab: number; readonly what: number; readonly times: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'network'; readonly network: Network }
  | { readonly do: 'memory'; readonly refuses: TestMemory['refuses'] }
  | { readonly do: 'clock'; readonly hours: number }
  | { readonly do: 'consent'; readonly tab: number; readonly isGiven: boolean }

const tab = fc.nat({ max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('happen' as const),
      tab,
      what: fc.nat(),
      times: fc.constantFrom(1, 1, 2, 5, 120),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(10, 30, 500, 1100, 11_000, 70_000, 700_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('network' as const), network: fc.constantFrom(...networks) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('memory' as const),
      refuses: fc.constantFrom('nothing', 'writing', 'everything'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('clock' as const), hours: fc.constantFrom(-2000, -1, 1, 60, 2000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('consent' as const), tab, isGiven: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('open', 'hide', 'show', 'crash', 'leave', 'freeze', 'thaw', 'flush', 'close'),
      tab,
    }),
  },
)

const inTab: Record<string, (world: World, tab: Tab) => void> = {
  hide: (_, { page }) => page.turn('hidden'),
  show: (_, { page }) => page.turn('visible'),
  crash: (world, tab) => world.end(tab),
  leave: (world, tab) => {
    tab.page.hide()
    world.end(tab, true)
  },
  freeze: (_, tab) => {
    tab.page.hide()
    tab.isAway = true
  },
  flush: (_, { recorder }) => void recorder.flush(),
  close: (world, tab) => {
    tab.recorder.close()
    world.end(tab, true)
  },
}

async function take(world: World, step: Step): Promise<void> {
  if (step.do === 'wait') await vi.advanceTimersByTimeAsync(step.ms)
  else if (step.do === 'network') world.network = step.network
  else if (step.do === 'memory') world.memory.refuses = step.refuses
  else if (step.do === 'clock') world.clockMs += step.hours * 3_600_000
  else if (step.do === 'open') {
    if (world.tabs.length < 5) world.open()
  } else {
    const tab = world.tabs[step.tab % Math.max(1, world.tabs.length)]
    if (tab === undefined) return
    if (step.do === 'thaw' || tab.isAway) {
      if (step.do === 'crash') return world.end(tab)
      if (!tab.isAway) return
      tab.isAway = false
      tab.page.comeBack()
    } else if (step.do === 'happen') {
      for (let time = 0; time < step.times; time += 1) world.happen(tab, step.what + (step.times > 9 ? 3 * time : time))
    } else if (step.do === 'consent') tab.recorder.consent(step.isGiven)
    else inTab[step.do]?.(world, tab)
  }
}

/** All is well again, and every life is over but one, which delivers what the others left. */
async function settle(world: World): Promise<void> {
  world.network = 'good'
  world.memory.refuses = 'nothing'
  await vi.advanceTimersByTimeAsync(1_300_000)
  for (const tab of [...world.tabs]) {
    tab.page.hide()
    world.end(tab)
  }
  await vi.advanceTimersByTimeAsync(1000)
  world.open()
  await vi.advanceTimersByTimeAsync(1_300_000)
}

/** Holds every life to account: all its numbers are with the ledger, or dropped and told, or known to be unknowable. */
function check(world: World): void {
  expect(world.ledger.conflicts).toBe(0)
  for (const [{ life }, n] of world.queues) {
    const { stored = new Map(), dropped = {} } = world.ledger.lives.get(life) ?? {}
    const told = Object.values(dropped).reduce((sum: number, count) => sum + Number(count), 0)
    const rest = n - stored.size - told
    const may = Array.from({ length: n }, (_, index) => index + 1)
    const twice = may.filter((each) => world.stale.has(`${life}.${each}`) && stored.has(each)).length
    const lost = may.filter((each) => world.lost.has(`${life}.${each}`) && !stored.has(each)).length
    expect(rest, `of ${n} numbers of ${life}`).toBeGreaterThanOrEqual(-twice)
    expect(rest, `of ${n} numbers of ${life}`).toBeLessThanOrEqual(lost + world.untold)
  }
  expect([...world.memory.kept.keys()].filter((key) => key.includes(':events:'))).toEqual([])
}

describe('whatever happens', () => {
  let world: World
  const { add, skip, drop } = Queue.prototype

  beforeEach(() => {
    vi.useFakeTimers({ now: START })
    vi.spyOn(Queue.prototype, 'add').mockImplementation(function (this: Queue, ...given) {
      world.saw(this)
      return add.apply(this, given)
    })
    vi.spyOn(Queue.prototype, 'skip').mockImplementation(function (this: Queue) {
      world.saw(this)
      skip.apply(this)
    })
    vi.spyOn(Queue.prototype, 'drop').mockImplementation(function (this: Queue, loss, isSuch) {
      world.doubted(this, isSuch)
      drop.call(this, loss, isSuch)
    })
  })

  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  it('what was numbered is stored, or dropped and counted, and no number ever means two things', async () => {
    const sequences = fc.array(step, { minLength: 5, maxLength: 60 })
    const property = fc.asyncProperty(sequences, async (steps) => {
      world = new World()
      world.open()
      for (const each of steps) await take(world, each)
      await settle(world)
      check(world)
      world.end(world.tabs[0] as Tab)
      vi.clearAllTimers()
    })
    await fc.assert(property, { seed: 20_261_121, numRuns: 1000 })
  }, 120_000)
})
