import { describe, expect, it, vi } from 'vitest'
import { clientOf, type Flags, TestFeed } from './support/feed.ts'
import { forbidden, TestMemory } from './support/kept.ts'

const who = (context: object): Flags => ({ who: { value: JSON.stringify(context), variant: 'x' } })

async function remote(options = {}) {
  const feed = new TestFeed()
  feed.publish(1, who as never)
  const client = clientOf(feed, { context: { userId: 'a' }, ...options })
  await client.ready()
  feed.isLate = true
  return { feed, client, seen: () => client.value('who', 'nobody') }
}

const a = '{"userId":"a"}'
const b = '{"userId":"b"}'
const c = '{"userId":"c"}'

describe('an identity whose answers take time', () => {
  it('has the old answers until the new are there, and they come all at once', async () => {
    const { feed, client, seen } = await remote()
    const identified = client.identify({ userId: 'b' })
    expect(seen()).toBe(a)
    feed.waiting[0]?.answer()
    await identified
    expect(seen()).toBe(b)
  })

  it.each([
    ['in their order', [0, 1]],
    ['in the other order', [1, 0]],
  ])('is the last that was asked for, when answers come %s', async (_, order) => {
    const { feed, client, seen } = await remote()
    const all = [client.identify({ userId: 'b' }), client.identify({ userId: 'c' })]
    for (const at of order) feed.waiting[at]?.answer()
    await Promise.all(all)
    expect(seen()).toBe(c)
  })

  it('is nobody where answers cannot be had, and never the one before', async () => {
    const { feed, client, seen } = await remote()
    const identified = client.identify({ userId: 'b' })
    feed.waiting[0]?.fail()
    await identified
    expect([seen(), client.status]).toEqual(['nobody', 'error'])
    const back = client.identify({ userId: 'a' })
    feed.waiting[1]?.answer()
    await back
    expect([seen(), client.status]).toEqual([a, 'stale'])
  })

  it('is who is waited for, also when somebody asked for before fails', async () => {
    const { feed, client, seen } = await remote()
    const all = [client.identify({ userId: 'b' }), client.identify({ userId: 'c' })]
    feed.waiting[0]?.fail()
    await all[0]
    expect(seen()).toBe(a)
    feed.waiting[1]?.answer()
    await Promise.all(all)
    expect([seen(), client.status]).toEqual([c, 'ready'])
  })

  it('has the answers of the start before, where those are for it', async () => {
    const memory = new TestMemory()
    const first = await remote({ memory })
    await vi.waitFor(() => expect(memory.record(':answers')).toBeDefined())
    const { feed, client, seen } = first
    const identified = client.identify({ userId: 'b' })
    feed.waiting[0]?.fail()
    await identified
    const back = client.identify({ userId: 'a' })
    feed.waiting[1]?.fail()
    await back
    expect([seen(), client.status]).toEqual([a, 'stale'])
  })

  it('is not mixed up with a new revision that comes meanwhile', async () => {
    const { feed, client, seen } = await remote()
    const identified = client.identify({ userId: 'b' })
    feed.publish(2, (context) => ({ who: { value: `2 ${JSON.stringify(context)}`, variant: 'x' } }))
    await client.refresh()
    expect(seen()).toBe(a)
    for (const { answer } of feed.waiting) answer()
    await identified
    expect([seen(), client.revision]).toEqual([`2 ${b}`, 2])
  })
})

describe('what a sticky flag assigned', () => {
  const sticky: Flags = { test: { value: 'drawn', variant: 'drawn', reason: 'SPLIT', sticky: true } }
  const cases: [string, object, object, boolean][] = [
    ['to the same user', { userId: 'u' }, { userId: 'u', plan: 'pro' }, true],
    ['to a device, after signing in', { deviceId: 'd' }, { deviceId: 'd', userId: 'u' }, true],
    ['to another user', { userId: 'u' }, { userId: 'v' }, false],
    ['to another user of the device', { deviceId: 'd', userId: 'u' }, { deviceId: 'd', userId: 'v' }, false],
    ['to whoever has signed out', { deviceId: 'd', userId: 'u' }, { deviceId: 'd' }, false],
    ['in another session', { userId: 'u', sessionId: '1' }, { userId: 'u', sessionId: '2' }, true],
  ]

  it.each(cases)('is brought back %s', async (_, context, later, isBack) => {
    const memory = new TestMemory()
    const feed = new TestFeed()
    const asked: object[] = []
    feed.publish(1, (given) => {
      asked.push(given)
      return sticky
    })
    const client = clientOf(feed, { memory, context: context as never })
    await client.ready()
    client.value('test', '')
    await vi.waitFor(() => expect(memory.record(':sticky')).toBeDefined())
    await client.identify(later as never)
    expect(asked.at(-1)).toEqual(isBack ? { ...later, $sticky: { test: 'drawn' } } : later)
    expect(client.context).toEqual(later)
  })

  it('gives way to what the host brings', async () => {
    const memory = new TestMemory()
    memory.content['fader:/v1/snapshot/client:sticky'] = '[{"units":{"userId":"u"},"flags":{"test":"a","other":"b"}}]'
    const feed = new TestFeed()
    const answer = vi.spyOn(feed, 'answer')
    feed.publish(1, {})
    await clientOf(feed, { memory, context: { userId: 'u', $sticky: { test: 'c' } } }).ready()
    expect(answer.mock.lastCall?.[0]).toEqual({ userId: 'u', $sticky: { test: 'c', other: 'b' } })
  })

  it('is not remembered without end', async () => {
    const memory = new TestMemory()
    const feed = new TestFeed()
    feed.publish(1, sticky)
    const client = clientOf(feed, { memory })
    await client.ready()
    for (let user = 0; user < 12; user += 1) {
      await client.identify({ userId: `${user}` })
      client.value('test', '')
      await vi.waitFor(() => expect(JSON.stringify(memory.record(':sticky'))).toContain(`"${user}"`))
    }
    expect(memory.record(':sticky')).toHaveLength(8)
  })

  it.each([
    ['is forbidden', forbidden],
    ['is spoilt', { ...forbidden, getItem: () => '[null,{"units":null},7]' }],
    ['has something else', { ...forbidden, getItem: () => '7' }],
  ])('is forgotten where the memory %s', async (_, memory) => {
    const feed = new TestFeed()
    feed.publish(1, sticky)
    const client = clientOf(feed, { memory, context: { userId: 'u' } })
    await client.ready()
    expect(client.value('test', '')).toBe('drawn')
    await client.identify({ userId: 'v' })
    expect([client.value('test', ''), client.status]).toEqual(['drawn', 'ready'])
  })
})
