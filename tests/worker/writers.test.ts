import { evictAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../worker/src/access/token.ts'
import { FlagStore } from '../../worker/src/objects/flag-store.ts'
import type { FlagOperation } from '../../worker/src/operate/operation.ts'
import { env, evaluate, isolate, publish } from './isolate.ts'
import { definition, history, post, SHOP, SWITCH, why } from './operating.ts'

beforeEach(() => reset())

const flag = 'ranking'

const keys = Array.from({ length: 50 }, (_, index) => `flag-${index}`)
const many = `{ "format": 1, "flags": { ${keys.map((name) => `"${name}": ${SWITCH}`).join(', ')} } }`

describe('fifty writers at once', () => {
  it('on fifty flags lose no update', async () => {
    const worker = isolate()
    await publish(worker, many)
    const answers = await Promise.all(keys.map((name) => post(worker, 'kill', { flag: name })))
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.revision)).size).toBe(50)
    const { flags } = JSON.parse(await definition(worker)) as { flags: Record<string, { state?: string }> }
    expect(keys.filter((name) => flags[name]?.state !== 'killed')).toEqual([])
    expect(await history()).toHaveLength(51)
  })

  it('let whoever kills go first', async () => {
    await publish(isolate(), many)
    const actor: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }
    const order: string[] = []
    await runInDurableObject(env.FLAG_STORE.getByName('production'), async (object: FlagStore) => {
      const operations: FlagOperation[] = [
        ...keys.slice(0, 5).map((name) => ({ kind: 'state', flag: name, state: 'off' }) as const),
        { kind: 'kill', flag: 'flag-9' },
      ]
      await Promise.all(
        operations.map(async (operation) => {
          await object.operate({ operation, actor, why, expected: 'any' })
          order.push(operation.flag)
        }),
      )
    })
    // The first was being done when the kill came.
    expect(order).toEqual(['flag-0', 'flag-9', 'flag-1', 'flag-2', 'flag-3', 'flag-4'])
  })
})

describe('a token that is revoked', () => {
  it('does nothing more, also not what was waiting', async () => {
    await publish(isolate(), many)
    const root: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }
    const outcomes = await runInDurableObject(env.FLAG_STORE.getByName('production'), async (object: FlagStore) => {
      const wish = { kind: 'admin', name: 'Ada', role: 'admin', digest: 'a'.repeat(64) } as const
      const granted = await object.grant(root, wish)
      if (granted.kind !== 'done') throw new Error('it was not granted')
      const ada: Actor = { ...root, id: granted.token.id, name: 'Ada' }
      const off = (actor: Actor, name: string) =>
        object.operate({ operation: { kind: 'state', flag: name, state: 'off' }, actor, why, expected: 'any' })
      const done = await Promise.all([
        off(ada, 'flag-0'),
        off(ada, 'flag-1'),
        object.grant(ada, { kind: 'edge', name: 'Edge', digest: 'b'.repeat(64) }),
        object.revoke(root, ada.id),
        off(root, 'flag-2'),
      ])
      return done.map(({ kind }) => kind)
    })
    // To revoke goes before what is waiting.
    expect(outcomes).toEqual(['forbidden', 'forbidden', 'forbidden', 'done', 'published'])
  })
})

describe('what is acknowledged', () => {
  it('is there when the object begins anew', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag: 'switch' })
    await evictAllDurableObjects()
    const later = isolate()
    expect(await (await evaluate(later, {}, { key: 'switch' })).json()).toMatchObject({ reason: 'DISABLED' })
    expect(await history()).toHaveLength(2)
  })

  it('is written with everything that belongs to it, or not at all', async () => {
    await publish(isolate(), SHOP)
    const tables = ['revision', 'part', 'signed', 'audit', 'token', 'answer']
    const contents = () =>
      runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) =>
        tables.map((table) => JSON.stringify(state.storage.sql.exec(`SELECT * FROM ${table}`).toArray())),
      )
    const before = await contents()
    // The last that is written fails: the statements, which say which revision there is.
    await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) => {
      state.storage.sql.exec(
        "CREATE TRIGGER harm BEFORE INSERT ON signed WHEN NEW.document = 'audit' BEGIN SELECT RAISE(ABORT, 'disk'); END",
      )
    })
    const actor: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }
    const kill = { operation: { kind: 'kill', flag }, actor, why, expected: 'any', idempotencyKey: 'k' } as const
    await runInDurableObject(env.FLAG_STORE.getByName('production'), async (object: FlagStore) => {
      await expect(object.operate(kill)).rejects.toThrow('disk')
    })
    expect(await contents()).toEqual(before)
    await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) => {
      state.storage.sql.exec('DROP TRIGGER harm')
    })
    expect((await post(isolate(), 'kill', { flag })).body).toMatchObject({ revision: 2, changed: true })
  })
})

describe('a database of an earlier version', () => {
  it('goes on, and its revision is signed', async () => {
    await publish(isolate(), SHOP)
    await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, { storage: { sql } }) => {
      for (const table of ['signed', 'audit', 'answer', 'token']) sql.exec(`DROP TABLE ${table}`)
      for (const column of ['digest', 'by', 'byId', 'why', 'operation', 'changes', 'changeCount']) {
        sql.exec(`ALTER TABLE revision DROP COLUMN "${column}"`)
      }
    })
    await evictAllDurableObjects()
    const store = env.FLAG_STORE.getByName('production')
    expect(await store.head()).toMatchObject({ revision: 1 })
    expect((await store.bundle())?.edge?.statement).toBeDefined()
    expect(await store.history()).toMatchObject([{ revision: 1, by: '', operation: 'define', changes: [] }])
    expect((await post(isolate(), 'kill', { flag })).body.revision).toBe(2)
  })
})

describe('a store without a key', () => {
  it('does nothing, and says so', async () => {
    await publish(isolate(), SHOP)
    const actor: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }
    const store = env.FLAG_STORE.getByName('production')
    const before = await store.head()
    const [killed, granted, revoked] = await runInDurableObject(store, async (_, state) => {
      const object = new FlagStore(state, { ...env, SIGNING_KEY: '' })
      const [{ id } = { id: '' }] = object.tokens()
      return [
        await object.operate({ operation: { kind: 'kill', flag }, actor, why, expected: 'any' }),
        await object.grant(actor, { kind: 'edge', name: 'Edge', digest: 'a'.repeat(64) }),
        await object.revoke(actor, id),
      ]
    })
    expect([killed, granted, revoked]).toEqual([{ kind: 'unsigned' }, { kind: 'unsigned' }, { kind: 'unsigned' }])
    expect(await store.head()).toEqual(before)
    expect(await store.tokens()).toHaveLength(2)
    expect(await history()).toHaveLength(1)
  })
})
