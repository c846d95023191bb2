import { evictAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { createVerifier } from 'fader'
import { beforeEach, describe, expect, it } from 'vitest'
import { verifyChain } from '../../js/dist/cli/audit-chain.js'
import type { Actor } from '../../worker/src/access/token.ts'
import { parseSettings } from '../../worker/src/env.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { env, type Isolate, isolate, publish } from './isolate.ts'
import { definition, post, SHOP, why } from './operating.ts'

beforeEach(() => reset())

const flag = 'ranking'
const verify = createVerifier(parseSettings(env).trustedKeys)

/** A page as it came. The platform takes it for no text, and warns of whoever reads it as one. */
async function pageOf(on: Isolate, after: number): Promise<string> {
  const response = await on.admin(`/v1/admin/audit?after=${after}`)
  return new TextDecoder().decode(await response.arrayBuffer())
}

/** The whole log, page by page, as its exact texts. */
async function logOf(on: Isolate): Promise<string[]> {
  const texts: string[] = []
  for (;;) {
    const page = await pageOf(on, texts.length)
    if (page === '') return texts
    expect(page.endsWith('\n')).toBe(true)
    texts.push(...page.slice(0, -1).split('\n'))
  }
}

/** The head, as it is signed. */
async function headOf(on: Isolate) {
  const response = await on.admin('/v1/admin/audit/head')
  const bytes = new Uint8Array(await response.arrayBuffer())
  const statement = await verify(response.headers.get('fader-signature') ?? '', 'audit', bytes)
  return { statement, head: JSON.parse(new TextDecoder().decode(bytes)) as { length: number; hash: string } }
}

describe('the audit log', () => {
  it('has an entry for everything that was done, with who, what, why, before and after', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const first = await definition(worker)
    await post(worker, 'kill', { flag, why: 'it harms' })
    const second = await definition(worker)
    await post(worker, 'rollback', { revision: 1, why })
    const entries = (await logOf(worker)).map((text) => JSON.parse(text))
    // Two tokens of the tests, the definition, and what was done to it.
    expect(entries.map(({ seq, action }) => `${seq} ${action}`)).toEqual([
      '1 grant',
      '2 grant',
      '3 define',
      '4 kill',
      '5 roll-back',
    ])
    expect(entries[3]).toEqual({
      seq: 4,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      actor: { id: 'root', name: 'root', kind: 'person' },
      action: 'kill',
      why: 'it harms',
      flag,
      before: { revision: 1, digest: await sha256Hex(first) },
      after: { revision: 2, digest: await sha256Hex(second) },
      changes: [{ of: 'flag', name: flag, path: 'flags.ranking.state', what: 'state from on to killed' }],
      changeCount: 1,
      previous: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(entries[2]).not.toHaveProperty('before')
    expect(entries[4]).toMatchObject({ to: 1, before: { revision: 2 }, after: { revision: 3 }, why })
  })

  it('says of tokens what they may do, and never their digest', async () => {
    const worker = isolate()
    const digest = await sha256Hex('fader_admin_x')
    const actor: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }
    const store = env.FLAG_STORE.getByName('production')
    const scope = { team: 'a', maxShare: 5 }
    const granted = await store.grant(actor, { kind: 'admin', name: 'Ada', role: 'owner', scope, digest }, { why })
    if (granted.kind !== 'done') throw new Error('it was not granted')
    const { id } = granted.token
    await store.revoke(actor, id, { why: 'she left' })
    const texts = await logOf(worker)
    expect(texts.join()).not.toContain(digest)
    const token = { id, kind: 'admin', name: 'Ada', role: 'owner', scope }
    const entries = texts.map((text) => JSON.parse(text))
    expect(entries).toMatchObject([
      { action: 'grant', why, token },
      { action: 'revoke', why: 'she left', token },
    ])
    for (const { token: told } of entries) expect(told).toEqual(token)
  })

  it('tells what Fader did by itself', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const actor: Actor = { id: 'ramp', name: 'ramp', role: 'publisher', kind: 'automatic' }
    const operation = { kind: 'stage', flag, stage: 1 } as const
    await env.FLAG_STORE.getByName('production').operate({ operation, actor, why: 'it bore', expected: 'any' })
    const last = (await logOf(worker)).at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ actor: { id: 'ramp', name: 'ramp', kind: 'automatic' }, action: 'stage' })
  })

  it('has nothing of what was refused, was there already, or was answered again', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag }, { 'idempotency-key': 'k' })
    const before = await logOf(worker)
    await post(worker, 'kill', { flag }, { 'idempotency-key': 'k' })
    await post(worker, 'kill', { flag })
    await post(worker, 'kill', { flag: 'other' })
    await post(worker, 'state', { flag, state: 'on', why }, { 'if-match': '"1"' })
    await post(worker, 'traffic', { flag, rule: 'public', traffic: 5, why })
    expect(await logOf(worker)).toEqual(before)
  })

  it('is a chain, the end of which is signed at every entry', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const issued: number[] = []
    for (let round = 0; round < 5; round += 1) {
      await post(worker, 'state', { flag, state: round % 2 === 0 ? 'off' : 'on', why })
      const { head, statement } = await headOf(worker)
      expect(verifyChain(await logOf(worker), head)).toEqual({ ok: true, ...head })
      expect(statement).toMatchObject({ environment: 'production', revision: round + 2 })
      issued.push(statement.issued)
    }
    expect(issued).toEqual([...new Set(issued)].sort((one, other) => one - other))
    await evictAllDurableObjects()
    const { head } = await headOf(isolate())
    expect(verifyChain(await logOf(isolate()), head)).toMatchObject({ ok: true, length: 8 })
  })

  const harms: [string, string][] = [
    ['an edited entry', `UPDATE audit SET text = replace(text, '"it harms"', '"it helps"') WHERE seq = 4`],
    ['a removed entry', 'DELETE FROM audit WHERE seq = 3'],
    ['a removed end', 'DELETE FROM audit WHERE seq > 3'],
    ['an end that is another', `UPDATE audit SET text = replace(text, '"last"', '"list"') WHERE seq = 5`],
    [
      'an added entry',
      `INSERT INTO audit SELECT 6, replace(text, '"seq":5', '"seq":6'), hash FROM audit WHERE seq = 5`,
    ],
    ['a hash that is another', `UPDATE audit SET hash = '${'1'.repeat(64)}' WHERE seq = 5`],
  ]

  it.each(harms)('shows %s in the database', async (_, statement) => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag, why: 'it harms' })
    await post(worker, 'state', { flag, state: 'off', why: 'last' })
    const { head } = await headOf(worker)
    expect(verifyChain(await logOf(worker), head).ok).toBe(true)
    const written = await runInDurableObject(
      env.FLAG_STORE.getByName('production'),
      (_object, { storage }) => storage.sql.exec(statement).rowsWritten,
    )
    expect(written).toBeGreaterThan(0)
    // Either the end is not the signed one, or the chain is broken.
    const seen = await headOf(worker).then(
      async (signed) => verifyChain(await logOf(worker), signed.head).ok,
      () => false,
    )
    expect(seen).toBe(false)
  })
})

describe('the pages of the audit log', () => {
  it('are of 200 entries', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, { storage: { sql } }) => {
      for (let seq = 4; seq <= 450; seq += 1) sql.exec('INSERT INTO audit VALUES (?, ?, ?)', seq, `{"seq":${seq}}`, '')
    })
    const lines = async (after: number) => {
      const page = await pageOf(worker, after)
      return page.split('\n').length - 1
    }
    expect(await Promise.all([0, 200, 400, 450, 999].map(lines))).toEqual([200, 200, 50, 0, 0])
    expect((await logOf(worker)).map((text) => JSON.parse(text).seq)).toEqual(
      Array.from({ length: 450 }, (_, index) => index + 1),
    )
  })

  it('are lines of JSON that nobody keeps', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const { headers } = await worker.admin('/v1/admin/audit')
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('are empty before anything was done, and there is no head', async () => {
    expect(await logOf(isolate())).toEqual([])
    expect((await isolate().admin('/v1/admin/audit/head')).status).toBe(404)
  })

  it.each(['-1', 'x', '1.5', '', '01', '9'.repeat(17)])('refuse to follow %j', async (after) => {
    expect((await isolate().admin(`/v1/admin/audit?after=${after}`)).status).toBe(400)
  })
})
