import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenRecord } from '../../worker/src/access/token.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { env, evaluate, type Isolate, isolate, publish } from './isolate.ts'
import { history, SHOP, why } from './operating.ts'
import { CLIENT_TOKEN } from './token.ts'

beforeEach(() => reset())

const flag = 'ranking'
const TEAMS = `{ "format": 1, "flags": {
  "a/one": { "type": "boolean", "owner": "a", "variants": { "on": true, "off": false }, "safe": "off",
    "rules": [{ "serve": "on" }] },
  "b/two": { "type": "boolean", "owner": "b", "variants": { "on": true, "off": false }, "safe": "off" }
} }`

type Answer = TokenRecord & { detail: string; type: string }

/** One call in the name of a token. */
async function call(on: Isolate, token: string | null, [method, path]: [string, string], body?: unknown) {
  const init = {
    method,
    headers: { 'content-type': 'application/json', 'if-match': '*', 'fader-reason': why },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
  const named = token === null ? init : { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }
  const at = `/v1/admin/${path}`
  const response = await (token === null ? on.admin(at, named) : on.fetch(at, named))
  return { status: response.status, headers: response.headers, body: await response.json<Answer>() }
}

/** Has the root make a token, and gives its id. */
async function grant(on: Isolate, token: string, wish: object): Promise<string> {
  const answer = await call(on, null, ['POST', 'tokens'], { name: 'Ada', digest: await sha256Hex(token), ...wish })
  expect(answer.status, answer.body.detail).toBe(200)
  return answer.body.id
}

describe('a token', () => {
  it('is made of its digest alone, and listed without it', async () => {
    const worker = isolate()
    const digest = await sha256Hex('fader_admin_ada')
    const scope = { team: 'a', flagPrefix: 'a/', maxShare: 5 }
    const wish = { kind: 'admin', name: 'Ada', role: 'owner', scope, expires: Date.now() + 60_000, digest }
    const { status, headers, body } = await call(worker, null, ['POST', 'tokens'], wish)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    const { digest: _, ...told } = wish
    const record = { ...told, id: expect.any(String), by: 'root', created: expect.any(Number) }
    expect(body).toEqual(record)
    const listed = await call(worker, null, ['GET', 'tokens'])
    expect(listed.body).toEqual([record])
    expect(JSON.stringify(listed.body)).not.toContain(digest)
  })

  it('of a digest that is known is refused', async () => {
    const worker = isolate()
    await grant(worker, 'fader_admin_ada', { kind: 'admin', role: 'viewer' })
    const again = { kind: 'edge', name: 'Edge', digest: await sha256Hex('fader_admin_ada') }
    expect(await call(worker, null, ['POST', 'tokens'], again)).toMatchObject({ status: 409 })
  })

  it('with a key is made once', async () => {
    const worker = isolate()
    const wish = { kind: 'edge', name: 'Edge', digest: await sha256Hex('fader_edge_one') }
    const send = (body: object) =>
      worker.admin('/v1/admin/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
        body: JSON.stringify(body),
      })
    const [first, second] = [await send(wish), await send(wish)]
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await second.json()).toEqual(await first.json())
    expect((await send({ ...wish, name: 'Other' })).status).toBe(422)
  })

  const wrong: [string, object, RegExp][] = [
    ['of no kind', { kind: undefined }, /`kind`/],
    ['of another kind', { kind: 'root' }, /`kind`/],
    ['without a name', { name: '' }, /`name`/],
    ['with the token itself as digest', { digest: 'fader_admin_ada' }, /`digest`/],
    ['with a digest in capitals', { digest: 'A'.repeat(64) }, /`digest`/],
    ['without a role', { role: undefined }, /`role`/],
    ['with another role', { role: 'root' }, /`role`/],
    ['of an owner without a team', { role: 'owner' }, /`scope.team`/],
    ['with a share over 100', { scope: { maxShare: 101 } }, /`maxShare`/],
    ['with a bound that is not known', { scope: { flagPrefx: 'a/' } }, /"flagPrefx".*team, flagPrefix, maxShare/],
    ['with an empty prefix', { scope: { flagPrefix: '' } }, /`flagPrefix`/],
    ['of an admin with origins', { origins: ['https://shop.example.com'] }, /"client" where there are origins/],
    ['of a client with a role', { kind: 'client' }, /"admin" where there is a role/],
    [
      'of a client with a path as origin',
      { kind: 'client', role: undefined, origins: ['https://x.example/a'] },
      /`origins`/,
    ],
    ['of a client with any origin', { kind: 'client', role: undefined, origins: ['*'] }, /`origins`/],
    ['of a client of no origin', { kind: 'client', role: undefined, origins: [] }, /`origins`/],
    ['that has expired', { expires: 1 }, /`expires`/],
    ['that expires at a time as text', { expires: '2030-01-01' }, /`expires`/],
    ['with a token', { token: 'fader_admin_ada' }, /"token"/],
  ]

  it.each(wrong)('%s is refused', async (_, more, detail) => {
    const wish = { kind: 'admin', name: 'Ada', role: 'viewer', digest: await sha256Hex('x'), ...more }
    const { status, body } = await call(isolate(), null, ['POST', 'tokens'], wish)
    expect(body.detail).toMatch(detail)
    expect(status).toBe(400)
    expect(await env.FLAG_STORE.getByName('production').tokens()).toEqual([])
  })
})

describe('revoking', () => {
  it('closes an admin token at once', async () => {
    const worker = isolate()
    const id = await grant(worker, 'fader_admin_ada', { kind: 'admin', role: 'viewer' })
    expect((await call(worker, 'fader_admin_ada', ['GET', 'history'])).status).toBe(200)
    const { status, body } = await call(worker, null, ['DELETE', `tokens/${id}`])
    expect(status).toBe(200)
    expect(body).toMatchObject({ id, revoked: expect.any(Number) })
    expect((await call(isolate(), 'fader_admin_ada', ['GET', 'history'])).status).toBe(401)
    expect((await call(worker, 'fader_admin_ada', ['GET', 'history'])).status).toBe(401)
    const again = await call(worker, null, ['DELETE', `tokens/${id}`])
    expect(again.body).toEqual(body)
  })

  it('closes a client token as soon as an isolate hears of it', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const tokens = await env.FLAG_STORE.getByName('production').tokens()
    const id = tokens.find(({ kind }) => kind === 'client')?.id
    const before = await env.FLAG_STORE.getByName('production').head()
    expect((await evaluate(worker, {}, { key: flag })).status).toBe(200)
    await call(worker, null, ['DELETE', `tokens/${id}`])
    expect((await evaluate(worker, {}, { key: flag })).status).toBe(401)
    expect((await evaluate(isolate(), {}, { key: flag })).status).toBe(401)
    const after = await env.FLAG_STORE.getByName('production').head()
    expect(after?.revision).toBe(before?.revision)
    expect(after?.issued).toBeGreaterThan(before?.issued ?? 0)
    expect(CLIENT_TOKEN).toMatch(/^fader_client_/)
  })

  it('of what is not there is answered with 404', async () => {
    expect((await call(isolate(), null, ['DELETE', 'tokens/root'])).status).toBe(404)
  })
})

describe('an admin with bounds', () => {
  const bounded = { kind: 'admin', role: 'admin', scope: { flagPrefix: 'a/', maxShare: 20 } }

  it('grants and revokes within them alone', async () => {
    const worker = isolate()
    await grant(worker, 'fader_admin_bounded', bounded)
    const free = await grant(worker, 'fader_admin_free', { kind: 'admin', role: 'viewer' })
    const wish = { kind: 'admin', name: 'Bo', role: 'admin', digest: await sha256Hex('fader_admin_bo') }
    const ask = (body: object) => call(worker, 'fader_admin_bounded', ['POST', 'tokens'], body)
    for (const scope of [undefined, { flagPrefix: 'a' }, { flagPrefix: 'a/' }, { flagPrefix: 'a/', maxShare: 21 }]) {
      const refused = await ask({ ...wish, ...(scope && { scope }) })
      expect(refused).toMatchObject({ status: 403, body: { type: 'urn:fader:problem:right-missing' } })
    }
    expect((await ask({ kind: 'client', name: 'Page', digest: wish.digest })).status).toBe(403)
    const granted = await ask({ ...wish, scope: { flagPrefix: 'a/b', maxShare: 20 } })
    expect(granted).toMatchObject({ status: 200, body: { by: 'Ada' } })
    expect((await call(worker, 'fader_admin_bounded', ['DELETE', `tokens/${free}`])).status).toBe(403)
    expect((await call(worker, 'fader_admin_bounded', ['DELETE', `tokens/${granted.body.id}`])).status).toBe(200)
  })
})

describe('roles and bounds over HTTP', () => {
  const kill = (key: string) => ['POST', 'kill', { flag: key }] as const
  const traffic = (share: number) =>
    ['POST', 'traffic', { flag: 'a/one', rule: 'rule-1', traffic: share, why }] as const
  const put = (from: string, to: string) => ['PUT', 'definition', TEAMS.replace(from, to)] as const
  const owner = { role: 'owner', scope: { team: 'a' } }

  const cases: [string, object, readonly [string, string, unknown?], number][] = [
    ['a viewer reads', { role: 'viewer' }, ['GET', 'history'], 200],
    ['a viewer kills nothing', { role: 'viewer' }, kill('a/one'), 403],
    ['support kills', { role: 'support' }, kill('b/two'), 200],
    ['support sets no state', { role: 'support' }, ['POST', 'state', { flag: 'a/one', state: 'off', why }], 403],
    ['support makes no tokens', { role: 'support' }, ['GET', 'tokens'], 403],
    ['an owner kills an own flag', owner, kill('a/one'), 200],
    ['an owner kills no flag of others', owner, kill('b/two'), 403],
    ['an owner kills no flag that is not there', owner, kill('c'), 403],
    ['an owner publishes a change of an own flag', owner, put('"serve": "on"', '"serve": "off"'), 200],
    ['an owner takes no flag over', owner, put('"owner": "b"', '"owner": "a"'), 403],
    ['an owner gives no flag away', owner, put('"owner": "a"', '"owner": "b"'), 403],
    [
      'an owner adds no segment',
      owner,
      put('"format": 1', '"format": 1, "segments": { "s": { "include": ["u"] } }'),
      403,
    ],
    [
      'an owner does not describe a flag of others',
      owner,
      put('"owner": "b"', '"owner": "b", "description": "d"'),
      403,
    ],
    ['an owner rolls nothing back', owner, ['POST', 'rollback', { revision: 1, why }], 403],
    ['a prefix binds', { role: 'publisher', scope: { flagPrefix: 'a/' } }, kill('b/two'), 403],
    ['a prefix lets through', { role: 'publisher', scope: { flagPrefix: 'a/' } }, kill('a/one'), 200],
    ['a share binds', { role: 'publisher', scope: { maxShare: 10 } }, traffic(10.5), 403],
    ['a share lets through', { role: 'publisher', scope: { maxShare: 10 } }, traffic(10), 200],
    ['with a share nobody publishes', { role: 'publisher', scope: { maxShare: 10 } }, put('', ''), 403],
    ['a publisher publishes', { role: 'publisher' }, put('"owner": "b"', '"owner": "a"'), 200],
  ]

  it.each(cases)('%s', async (...[, wish, [method, path, body], status]) => {
    const worker = isolate()
    await publish(worker, TEAMS)
    await grant(worker, 'fader_admin_ada', { kind: 'admin', ...wish })
    const answer = await call(worker, 'fader_admin_ada', [method, path], body)
    expect(answer.status, answer.body.detail).toBe(status)
    expect(await history()).toHaveLength(status === 200 && method !== 'GET' ? 2 : 1)
    if (status === 200 && method !== 'GET') expect((await history())[0]).toMatchObject({ by: 'Ada' })
  })
})
