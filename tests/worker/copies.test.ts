import { reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Copies } from '../../worker/src/objects/copies.ts'
import { type Bundle, decodeBundle, type Head } from '../../worker/src/revision/bundle.ts'
import { bundleKey, pointerKey } from '../../worker/src/revision/copy.ts'
import { bundleNow, clock, health, isolate, KILLED, search, store } from './alone.ts'
import { env, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'

const VALIDITY_MS = 30 * 24 * 3600_000

const kv = () => {
  if (env.BUNDLES === undefined) throw new Error('the test run has no KV')
  return env.BUNDLES
}
const pointer = () => kv().get(pointerKey('production'))
const keys = async () => (await kv().list({ prefix: 'bundle/' })).keys.map(({ name }) => name)
const payload = (bundle: Bundle) =>
  JSON.parse(atob((bundle.access.statement.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')))

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => vi.restoreAllMocks())

describe('what is published', () => {
  it('is copied to KV by the alarm, the bundle and the pointer to it', async () => {
    await publish(isolate(), DEFINITION)
    await vi.waitFor(async () => expect(await pointer()).toBe(String((await store().head())?.issued)), 5000)
    const head = await store().head()
    const copy = await kv().get(bundleKey('production', head?.issued ?? 0), 'arrayBuffer')
    const bundle = decodeBundle(new Uint8Array(copy ?? new ArrayBuffer(0)))
    expect(bundle).toEqual(await bundleNow())
  })

  it('answers a cold isolate from the copy when the store is down', async () => {
    await publish(isolate(), DEFINITION)
    await vi.waitFor(async () => expect(await pointer()).toBe(String((await store().head())?.issued)), 5000)
    const down = () => Promise.reject(new Error('down'))
    const cold = isolate({ kv: kv(), store: () => ({ head: down, bundle: down }) as never })
    expect(await search(cold)).toMatchObject({ value: 'better', revision: '1', metadata: { stale: true } })
    expect(await health(cold)).toMatchObject({ counters: { kv: 1, store: 0, failed: 1 } })
  })

  it('is copied together when it comes faster than KV takes it', async () => {
    const publisher = isolate()
    for (let revision = 1; revision <= 10; revision += 1) await publish(publisher, revision % 2 ? DEFINITION : KILLED)
    await vi.waitFor(async () => expect(await pointer()).toBe(String((await store().head())?.issued)), 5000)
    expect((await keys()).length).toBeLessThan(10)
  })
})

/** Copies of a store of one number, in the database of a real object, with a clock and a KV of the test's. */
async function copies(work: (made: Made) => Promise<void>, { failing = 0, kid = 'test-1' } = {}) {
  const bundle = await bundleNow()
  await runInDurableObject(store(), async (_, { storage }) => {
    await storage.deleteAlarm()
    storage.sql.exec('DELETE FROM copy')
    const time = clock()
    // Ahead of the platform's own clock, so that it does not ring by itself.
    time.pass(3600_000)
    const state = { head: { revision: 1, issued: payload(bundle).issued } as Head, failing }
    const put = vi.fn(async () => {
      state.failing -= 1
      if (state.failing >= 0) throw new Error('KV is down')
    })
    const drop = vi.fn(async () => undefined)
    const renew = vi.fn(async () => {
      state.head = { ...state.head, issued: time.now }
    })
    const options = {
      storage,
      kv: { put, delete: drop } as never,
      environment: 'production',
      renew,
      validityMs: VALIDITY_MS,
      kid,
      store: { head: () => state.head, bundle: () => bundle },
      now: () => time.now,
    }
    const make = () => new Copies(options)
    const alarm = async () => (await storage.getAlarm()) ?? undefined
    /** What the platform does. */
    const ring = async (on: Copies) => {
      time.now = Math.max(time.now, (await alarm()) ?? time.now)
      await storage.deleteAlarm()
      await on.work()
    }
    await work({ make, state, time, put, drop, renew, alarm, ring, storage })
    await storage.deleteAlarm()
  })
}

interface Made {
  readonly make: () => Copies
  readonly state: { head: Head; failing: number }
  readonly time: ReturnType<typeof clock>
  readonly put: ReturnType<typeof vi.fn>
  readonly drop: ReturnType<typeof vi.fn>
  readonly renew: ReturnType<typeof vi.fn>
  readonly alarm: () => Promise<number | undefined>
  readonly ring: (on: Copies) => Promise<void>
  readonly storage: DurableObjectStorage
}

describe('the alarm', () => {
  beforeEach(async () => {
    await publish(isolate(), DEFINITION)
  })

  it('is set again from the database when it was lost', () =>
    copies(async ({ make, alarm, ring, put, time }) => {
      await make().arm()
      expect(await alarm()).toBe(time.now)
      await ring(make())
      expect(put).toHaveBeenCalledTimes(2)
      // All that is left to do is the renewal, half a validity later.
      expect(((await alarm()) ?? 0) - time.now).toBeGreaterThan(VALIDITY_MS / 3)
    }))

  it('is set no sooner than KV takes another write to the pointer', () =>
    copies(async ({ make, alarm, ring, state, time }) => {
      const one = make()
      await one.arm()
      await ring(one)
      state.head = { revision: 2, issued: state.head.issued + 1 }
      await one.arm()
      expect(((await alarm()) ?? 0) - time.now).toBe(1100)
    }))

  it('tries again later and later while KV fails, and writes all of it then', () =>
    copies(
      async ({ make, alarm, ring, put, time }) => {
        const one = make()
        await one.arm()
        const pauses: number[] = []
        for (let attempt = 0; attempt < 8; attempt += 1) {
          await ring(one)
          pauses.push(((await alarm()) ?? 0) - time.now)
        }
        expect(pauses).toEqual([2200, 4400, 8800, 17_600, 35_200, 60_000, 60_000, 60_000])
        await ring(one)
        expect(put).toHaveBeenCalledTimes(10)
      },
      { failing: 8 },
    ))

  it('renews the signatures when half of their validity is over, and copies them', () =>
    copies(async ({ make, ring, renew, put, state }) => {
      const one = make()
      await one.arm()
      await ring(one)
      expect(renew).not.toHaveBeenCalled()
      const { issued } = state.head
      await ring(one)
      expect(renew).toHaveBeenCalledTimes(1)
      expect(state.head.issued).toBe(issued + VALIDITY_MS / 2)
      expect(put).toHaveBeenCalledTimes(4)
    }))

  it('renews at once what was signed with another key, and does so once', () =>
    copies(
      async ({ make, ring, renew, alarm, time }) => {
        const one = make()
        await one.arm()
        await ring(one)
        expect(renew).toHaveBeenCalledTimes(1)
        expect(((await alarm()) ?? 0) - time.now).toBeGreaterThan(VALIDITY_MS / 3)
      },
      { kid: 'test-2' },
    ))

  it('does not ring without end where a renewal comes to nothing', () =>
    copies(async ({ make, ring, renew, alarm, time }) => {
      renew.mockImplementation(async () => undefined)
      const one = make()
      await one.arm()
      await ring(one)
      await ring(one)
      expect(renew).toHaveBeenCalledTimes(1)
      expect(((await alarm()) ?? 0) - time.now).toBe(3600_000)
    }))

  it('deletes all copies but the last few, and none that a reader far away may be told of', () =>
    copies(async ({ make, ring, state, time, drop }) => {
      const one = make()
      for (let revision = 1; revision <= 6; revision += 1) {
        state.head = { revision, issued: state.head.issued + 1 }
        await one.arm()
        await ring(one)
      }
      expect(drop).not.toHaveBeenCalled()
      const first = state.head.issued - 5
      time.pass(11 * 60_000)
      state.head = { revision: 7, issued: state.head.issued + 1 }
      await one.arm()
      await ring(one)
      expect(drop.mock.calls.map(([key]) => key)).toEqual([0, 1, 2, 3].map((at) => bundleKey('production', first + at)))
    }))
})

describe('a renewal', () => {
  it('is of the same revision, adopted without a new engine, and clients are given the new signature', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const before = await worker.client('/v1/snapshot/client')
    await runInDurableObject(store(), async (object) => {
      await object.grant(
        { id: 'root', name: 'root', role: 'admin', kind: 'person' },
        { kind: 'client', name: 'x', digest: 'a'.repeat(64) },
      )
    })
    await worker.services.edge.refresh()
    const etag = before.headers.get('etag') ?? ''
    const after = await worker.client('/v1/snapshot/client', { headers: { 'if-none-match': etag } })
    expect(after.status).toBe(304)
    expect(after.headers.get('fader-signature')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(after.headers.get('fader-signature')).not.toBe(before.headers.get('fader-signature'))
    expect(await health(worker)).toMatchObject({ revision: 1, counters: { adopted: 1, renewed: 1 } })
  })

  it('is what the real alarm waits for once everything is copied, and too early it changes nothing', async () => {
    await publish(isolate(), DEFINITION)
    await vi.waitFor(async () => expect(await pointer()).not.toBeNull(), 5000)
    const head = await store().head()
    expect(await runDurableObjectAlarm(store())).toBe(true)
    expect(await store().head()).toEqual(head)
  })
})
