import { evictAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../worker/src/access/token.ts'
import { env, isolate, publish } from './isolate.ts'
import { history, post, SHOP, why } from './operating.ts'

beforeEach(() => reset())

const flag = 'ranking'

describe('an idempotency key', () => {
  const key = (name: string) => ({ 'idempotency-key': name })

  it('gives the same answer again, and does nothing again', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const first = await post(worker, 'kill', { flag }, key('k-1'))
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    await post(worker, 'state', { flag, state: 'on', why })
    const second = await post(worker, 'kill', { flag }, key('k-1'))
    expect(second.status).toBe(200)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.body).toEqual(first.body)
    expect(await history()).toHaveLength(3)
  })

  it('holds also of a whole definition, and of what changed nothing', async () => {
    const worker = isolate()
    const put = () =>
      worker.admin('/v1/admin/definition', {
        method: 'PUT',
        headers: { 'if-match': '"0"', 'fader-reason': why, ...key('k-1') },
        body: SHOP,
      })
    const [first, second] = [await put(), await put()]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await second.json()).toEqual(await first.json())
    await post(worker, 'state', { flag, state: 'on', why }, key('k-2'))
    await post(worker, 'kill', { flag })
    const replayed = await post(worker, 'state', { flag, state: 'on', why }, key('k-2'))
    expect(replayed.body).toMatchObject({ changed: false, revision: 1 })
    expect(await history()).toHaveLength(2)
  })

  it('of another request is refused', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag }, key('k-1'))
    const others: [string, object, Record<string, string>][] = [
      ['kill', { flag: 'switch' }, {}],
      ['kill', { flag, why: 'now with a reason' }, {}],
      ['kill', { flag }, { 'if-match': '"2"' }],
      ['state', { flag, state: 'killed', why }, {}],
    ]
    for (const [name, body, headers] of others) {
      const answer = await post(worker, name, body, { ...headers, ...key('k-1') })
      expect(answer).toMatchObject({ status: 422, body: { type: 'urn:fader:problem:key-reused' } })
    }
    expect(await history()).toHaveLength(2)
  })

  it('of a request that was refused may be used again: nothing was done', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    expect((await post(worker, 'kill', { flag: 'later' }, key('k-1'))).status).toBe(404)
    expect((await post(worker, 'kill', { flag }, key('k-1'))).status).toBe(200)
  })

  it('is one of its actor, so that nobody hears of another by a key', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag }, key('k-1'))
    const other: Actor = { id: 'other', name: 'Other', role: 'support', kind: 'person' }
    const operation = { kind: 'kill', flag: 'switch' } as const
    const request = { operation, actor: other, why: '', expected: 'any', idempotencyKey: 'k-1' } as const
    expect(await env.FLAG_STORE.getByName('production').operate(request)).toMatchObject({
      kind: 'published',
      revision: 3,
    })
  })

  it('is remembered when the object begins anew, and forgotten after a day', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag }, key('k-1'))
    await evictAllDurableObjects()
    expect((await post(worker, 'kill', { flag }, key('k-1'))).headers.get('idempotency-replayed')).toBe('true')
    await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) =>
      state.storage.sql.exec('UPDATE answer SET at = at - 24 * 3600 * 1000').toArray(),
    )
    const later = await post(worker, 'kill', { flag }, key('k-1'))
    expect(later.headers.get('idempotency-replayed')).toBeNull()
    expect(later.body.changed).toBe(false)
  })

  it('has one of ten simultaneous requests do it', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(worker, 'kill', { flag }, key('k-1'))))
    expect(answers.map(({ body }) => body.revision)).toEqual(Array.from({ length: 10 }, () => 2))
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(9)
  })
})
