import { describe, expect, it } from 'vitest'
import { clientOf, type Flags, TestFeed } from './support/feed.ts'
import { forbidden, TestMemory } from './support/kept.ts'

const gives = (value: unknown, more: object = {}) => ({ value, variant: `${value}`, ...more }) as Flags[string]
const killed = (value: unknown) => gives(value, { reason: 'DISABLED' })
const live = { stability: 'live' } as const
const session = { stability: 'session' } as const

interface Case {
  readonly it: string
  readonly first: Flags[string]
  readonly later: readonly (Flags[string] | undefined)[]
  readonly seen: readonly unknown[]
}

/** A flag is read, and read again after each new revision. */
const cases: readonly Case[] = [
  { it: 'keeps what the page was given', first: gives(1), later: [gives(2), gives(3)], seen: [1, 1, 1] },
  { it: 'keeps it also when the flag is gone', first: gives(1), later: [undefined], seen: [1, 1] },
  { it: 'gives the newest of a live flag', first: gives(1, live), later: [gives(2, live)], seen: [1, 2] },
  { it: 'lets go when a flag becomes live', first: gives(1), later: [gives(2, live), gives(3)], seen: [1, 2, 3] },
  { it: 'holds a flag that is no longer live', first: gives(1, live), later: [gives(2), gives(3)], seen: [1, 2, 2] },
  { it: 'lets a kill pass', first: gives(1), later: [killed(0)], seen: [1, 0] },
  { it: 'holds what a kill gave', first: gives(1), later: [killed(0), gives(2)], seen: [1, 0, 0] },
  { it: 'lets the second kill pass, too', first: killed(1), later: [killed(0)], seen: [1, 0] },
  { it: 'keeps what the session was given', first: gives(1, session), later: [gives(2, session)], seen: [1, 1] },
  {
    it: 'does not hold that there was no flag',
    first: undefined as never,
    later: [gives(2), gives(3)],
    seen: [9, 2, 2],
  },
]

const flagsOf = (flag: Flags[string] | undefined): Flags => (flag === undefined ? {} : { it: flag })

describe('a client that holds', () => {
  it.each(cases)('$it', async ({ first, later, seen }) => {
    const feed = new TestFeed()
    feed.publish(1, flagsOf(first))
    const client = clientOf(feed, { holds: true })
    await client.ready()
    const found = [client.value('it', 9)]
    for (const [at, flag] of later.entries()) {
      feed.publish(at + 2, flagsOf(flag))
      expect(await client.refresh()).toBe('adopted')
      found.push(client.value('it', 9))
    }
    expect(found).toEqual(seen)
    expect(client.revision).toBe(1 + later.length)
  })

  it.each(cases)('and one that does not: always gives the newest, where it $it', async ({ first, later }) => {
    const feed = new TestFeed()
    feed.publish(1, flagsOf(first))
    const client = clientOf(feed)
    await client.ready()
    client.value('it', 9)
    for (const [at, flag] of later.entries()) {
      feed.publish(at + 2, flagsOf(flag))
      await client.refresh()
      expect(client.value('it', 9)).toBe(flag?.value ?? 9)
    }
  })

  it('holds nothing that was not read, and `all` shows what is held and holds nothing', async () => {
    const feed = new TestFeed()
    feed.publish(1, { read: gives(1), other: gives(1) })
    const client = clientOf(feed, { holds: true })
    await client.ready()
    client.all()
    expect(client.value('read', 0)).toBe(1)
    feed.publish(2, { read: gives(2), other: gives(2) })
    await client.refresh()
    expect(client.all().map(({ value }) => value)).toEqual([1, 2])
    expect(client.value('other', 0)).toBe(2)
  })

  it.each([
    ['the units are others', { userId: 'b' }, 2],
    ['there is one unit more', { userId: 'a', deviceId: 'd' }, 2],
    ['another attribute changes', { userId: 'a', plan: 'pro' }, 1],
    ['nothing changes', { userId: 'a' }, 1],
  ])('when %s', async (_, next, seen) => {
    const feed = new TestFeed()
    feed.publish(1, (context) => ({ it: gives(JSON.stringify(context) === '{"userId":"a"}' ? 1 : 2) }))
    const client = clientOf(feed, { holds: true, context: { userId: 'a' } })
    await client.ready()
    expect(client.value('it', 0)).toBe(1)
    await client.identify(next)
    expect(client.value('it', 0)).toBe(seen)
  })

  it('gives the same object as long as it is held', async () => {
    const feed = new TestFeed()
    feed.publish(1, { it: gives(1) })
    const client = clientOf(feed, { holds: true })
    await client.ready()
    const outcome = client.outcome('it')
    feed.publish(2, { it: gives(2) })
    await client.refresh()
    expect(client.outcome('it')).toBe(outcome)
  })
})

describe('a session', () => {
  const flags = { lasting: gives(1, session), passing: gives(1) }
  const start = async (kept: TestMemory, revision: number, given: Flags, context = {}) => {
    const feed = new TestFeed()
    feed.publish(revision, given)
    const client = clientOf(feed, { holds: true, session: kept, context })
    await client.ready()
    return client
  }
  const next = { lasting: gives(2, session), passing: gives(2) }

  it('has on its next page what its flags gave on the one before', async () => {
    const kept = new TestMemory()
    const first = await start(kept, 1, flags)
    expect([first.value('lasting', 0), first.value('passing', 0)]).toEqual([1, 1])
    await Promise.resolve()
    const second = await start(kept, 2, next)
    expect([second.value('lasting', 0), second.value('passing', 0)]).toEqual([1, 2])
    expect(Object.isFrozen(second.outcome('lasting'))).toBe(true)
  })

  it('lets a kill pass on its next page', async () => {
    const kept = new TestMemory()
    ;(await start(kept, 1, flags)).value('lasting', 0)
    await Promise.resolve()
    const second = await start(kept, 2, { lasting: gives(0, { ...session, reason: 'DISABLED' }) })
    expect(second.value('lasting', 9)).toBe(0)
    await Promise.resolve()
    expect((await start(kept, 3, next)).value('lasting', 9)).toBe(0)
  })

  it('gives nothing of one visitor to another', async () => {
    const kept = new TestMemory()
    ;(await start(kept, 1, flags, { userId: 'a' })).value('lasting', 0)
    await Promise.resolve()
    expect((await start(kept, 2, next, { userId: 'b' })).value('lasting', 0)).toBe(2)
  })

  it('is over with the first page of another visitor, who may have read nothing', async () => {
    const kept = new TestMemory()
    ;(await start(kept, 1, flags, { userId: 'a' })).value('lasting', 0)
    await Promise.resolve()
    await start(kept, 1, {}, { userId: 'b' })
    await Promise.resolve()
    expect((await start(kept, 2, next, { userId: 'a' })).value('lasting', 0)).toBe(2)
  })

  it.each([
    ['is forbidden', forbidden],
    ['is spoilt', { ...forbidden, getItem: () => '{"units":"{}","held":{"lasting":7}}' }],
    ['has something else', { ...forbidden, getItem: () => '[null]' }],
  ])('is only a page where its memory %s', async (_, memory) => {
    const client = await start(memory as TestMemory, 1, flags)
    expect(client.value('lasting', 0)).toBe(1)
    await Promise.resolve()
    expect(client.status).toBe('ready')
  })
})
