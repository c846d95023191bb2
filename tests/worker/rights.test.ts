import { reset } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Role, roles } from '../../worker/src/access/token.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { nameOf, pathOf, recording } from './admitting.ts'
import { env, type Isolate, isolate } from './isolate.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

/** Whoever may ask: without a token, with one of each kind, and with an admin token of each role. */
const askers = ['nobody', 'client', 'edge', ...roles, 'root'] as const
type Asker = (typeof askers)[number]

const all: readonly Asker[] = askers
const answered: readonly Asker[] = ['client', 'edge']
const people: readonly Asker[] = [...roles, 'root']
const helpers: readonly Asker[] = ['support', 'owner', 'publisher', 'admin', 'root']
const changers: readonly Asker[] = ['owner', 'publisher', 'admin', 'root']
const publishers: readonly Asker[] = ['publisher', 'admin', 'root']
const admins: readonly Asker[] = ['admin', 'root']

/** Who may call what. It is written twice, here and in the worker, so that nobody changes it without noticing. */
const EXPECTED: Readonly<Record<string, readonly Asker[]>> = {
  'GET /healthz': all,
  'GET /metrics': ['edge', ...people],
  'GET /v1/snapshot/client': answered,
  'GET /v1/snapshot': ['edge'],
  'GET /v1/bundle': ['edge'],
  'GET /v1/stream': answered,
  'POST /v1/events': answered,
  'POST /ofrep/v1/evaluate/flags': answered,
  'POST /ofrep/v1/evaluate/flags/:key{.+}': answered,
  'GET /v1/admin/definition': people,
  'PUT /v1/admin/definition': changers,
  'GET /v1/admin/history': people,
  'POST /v1/admin/kill': helpers,
  'POST /v1/admin/override': helpers,
  'POST /v1/admin/preview': helpers,
  'POST /v1/admin/state': changers,
  'POST /v1/admin/stage': changers,
  'POST /v1/admin/traffic': changers,
  'POST /v1/admin/rollback': publishers,
  'GET /v1/admin/tokens': admins,
  'POST /v1/admin/tokens': admins,
  'DELETE /v1/admin/tokens/:id': admins,
  'GET /v1/admin/audit': people,
  'GET /v1/admin/audit/head': people,
  'GET /v1/admin/events': people,
  'GET /shop': all,
  'GET /shop/*': all,
  'GET /console': all,
  'GET /console/*': all,
  'GET /assets/*': all,
  '* /*': all,
}

const own: Partial<Record<Asker, string>> = { client: CLIENT_TOKEN, edge: EDGE_TOKEN, root: ADMIN_TOKEN }
const tokenOf = (asker: Asker) => own[asker] ?? (asker === 'nobody' ? undefined : `fader_admin_test-${asker}`)

let worker: Isolate
const reached: string[] = []

beforeAll(async () => {
  await reset()
  const store = env.FLAG_STORE.getByName('production')
  const root = { id: 'root', name: 'root', role: 'admin', kind: 'person' } as const
  const kinds = [
    ...(['client', 'edge'] as const).map((kind) => ({ kind, name: kind, asker: kind })),
    ...roles.map((role: Role) => ({ kind: 'admin' as const, name: role, role, asker: role })),
  ]
  for (const { asker, ...wish } of kinds) {
    const granted = await store.grant(root, { ...wish, digest: await sha256Hex(tokenOf(asker) ?? '') })
    expect(granted.kind).toBe('done')
  }
  worker = isolate({ table: recording(routes, reached) })
})

async function ask(route: Route, asker: Asker, more: Record<string, string> = {}): Promise<Response> {
  const token = tokenOf(asker)
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...more }
  // What takes all methods is asked with one of them.
  const method = route.method === 'ALL' ? 'GET' : route.method
  return await worker.fetch(pathOf(route), { method, headers })
}

describe('the table of rights', () => {
  it('has an entry for each route', () => {
    for (const route of routes) expect(Object.keys(EXPECTED)).toContain(nameOf(route))
  })

  it('has no entry without a route', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(routes.map(nameOf).sort())
  })
})

describe.each(routes)('$method $path', (route) => {
  it.each(askers)('lets %s in, or refuses them, as the table says', async (asker) => {
    reached.length = 0
    const response = await ask(route, asker)
    if (EXPECTED[nameOf(route)]?.includes(asker)) {
      expect(await response.text()).toBe('let in')
      expect(reached).toEqual([nameOf(route)])
    } else {
      expect([401, 403]).toContain(response.status)
      expect(response.status).toBe(asker === 'nobody' || (asker !== 'client' && wouldNotKnow(route, asker)) ? 401 : 403)
      expect(reached).toEqual([])
    }
  })
})

/** A person's token on a route of clients and edges: the store is not asked whose it is, so it is not known. */
function wouldNotKnow(route: Route, asker: Asker): boolean {
  return people.includes(asker) && !EXPECTED[nameOf(route)]?.some((allowed) => people.includes(allowed))
}

describe('a token', () => {
  const read = routes.find((route) => route.access === 'read') as Route
  const client = routes.find((route) => route.path === '/v1/snapshot/client') as Route

  it('may be sent as X-API-Key, and Authorization goes before it', async () => {
    expect((await worker.fetch(pathOf(client), { headers: { 'x-api-key': CLIENT_TOKEN } })).status).toBe(200)
    expect((await worker.fetch(pathOf(read), { headers: { 'x-api-key': ADMIN_TOKEN } })).status).toBe(200)
    expect((await ask(client, 'client', { 'x-api-key': 'wrong' })).status).toBe(200)
    const headers = { 'x-api-key': CLIENT_TOKEN, authorization: 'Bearer wrong' }
    expect((await worker.fetch(pathOf(client), { headers })).status).toBe(401)
  })

  it('may stand in the address where it is public, and where something is only read', async () => {
    const at = (token: string) => `${pathOf(client)}?key=${encodeURIComponent(token)}`
    expect((await worker.fetch(at(CLIENT_TOKEN))).status).toBe(200)
    expect((await worker.fetch(at(CLIENT_TOKEN), { method: 'HEAD' })).status).toBe(200)
    expect((await worker.fetch(at(EDGE_TOKEN))).status).toBe(401)
    expect((await worker.fetch(at('wrong'))).status).toBe(401)
    expect((await worker.fetch(at(''))).status).toBe(401)
    expect((await worker.fetch(`${pathOf(read)}?key=${ADMIN_TOKEN}`)).status).toBe(401)
    expect((await worker.fetch(`${pathOf(read)}?key=fader_admin_test-admin`)).status).toBe(401)
    const path = `/ofrep/v1/evaluate/flags?key=${CLIENT_TOKEN}`
    expect((await worker.fetch(path, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  it('of a wrong form is refused and never looked up', async () => {
    for (const token of ['ä', 'a b', '<script>', `${'a'.repeat(513)}`, 'a=b', "'; DROP TABLE token; --"]) {
      const headers = { authorization: `Bearer ${encodeURI(token)}` }
      expect((await worker.fetch(pathOf(read), { headers })).status, token).toBe(401)
    }
  })
})
