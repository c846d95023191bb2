import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Access } from '../../worker/src/access/rights.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { pathOf } from './admitting.ts'
import { isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { ADMIN_TOKEN } from './token.ts'

beforeEach(() => reset())

/** No admin token but the configuration's is known to this store. */
const store = () => ({ actor: async () => null }) as never
const forPeople = routes.filter(({ path }) => path.startsWith('/v1/admin/'))

describe('the table of routes', () => {
  it('opens nothing to anyone but pages and health', () => {
    const open = routes.filter(({ access }) => access === 'anyone').map(({ path }) => path.split('/')[1] ?? path)
    expect([...new Set(open)].sort()).toEqual(['*', 'assets', 'console', 'healthz', 'shop'])
  })

  it('lets pages of other origins read nothing that is for people', () => {
    for (const { sharing } of forPeople) expect(sharing).toBe('same-origin')
  })

  it('has no route without an access entry, by type', () => {
    const handler = () => new Response()
    // @ts-expect-error: who may call is not said.
    const forgotten: Route = { method: 'GET', path: '/x', sharing: 'same-origin', handler }
    expect(forgotten.access).toBeUndefined()
  })

  it.each([undefined, 'everyone', ''])('closes a route whose access is %j to those without a token', async (access) => {
    const handler = () => new Response('open')
    const route = { method: 'GET', path: '/x', access: access as Access, sharing: 'same-origin', handler } as const
    const worker = isolate({ table: [route] })
    expect((await worker.fetch('/x')).status).toBe(401)
    expect((await worker.admin('/x')).status).toBe(401)
  })

  it('lists every method and path once', () => {
    const all = routes.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(all).size).toBe(all.length)
  })
})

const refused: [string, string | undefined][] = [
  ['no header', undefined],
  ['an empty one', ''],
  ['no token', 'Bearer'],
  ['a wrong token', 'Bearer wrong'],
  ['another scheme', `Basic ${ADMIN_TOKEN}`],
  ['no scheme', ADMIN_TOKEN],
  ['the first half of the token', `Bearer ${ADMIN_TOKEN.slice(0, 12)}`],
  ['more than the token', `Bearer ${ADMIN_TOKEN}x`],
  ['other letters', `Bearer ${ADMIN_TOKEN.toUpperCase()}`],
  ['two tokens', `Bearer ${ADMIN_TOKEN}, Bearer ${ADMIN_TOKEN}`],
  ['a very long one', `Bearer ${'a'.repeat(4000)}`],
]

describe.each(forPeople)('$method $path', (route) => {
  it.each(refused)('refuses %s', async (_, authorization) => {
    const worker = isolate({ store })
    const headers = authorization === undefined ? {} : { authorization }
    const response = await worker.fetch(pathOf(route), {
      method: route.method,
      headers: { ...headers, 'if-match': '*' },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('refuses even the token when no digest is configured', async () => {
    const worker = isolate({ store, env: { ADMIN_TOKEN_DIGEST: '' } })
    const response = await worker.admin(pathOf(route), { method: route.method, headers: { 'if-match': '*' } })
    expect(response.status).toBe(401)
  })

  it('lets the token in, whatever the letters of its scheme', async () => {
    const worker = isolate()
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${ADMIN_TOKEN}`, 'if-match': '*' }
      const response = await worker.fetch(pathOf(route), { method: route.method, headers })
      expect([401, 403, 503]).not.toContain(response.status)
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })
})

describe('methods', () => {
  it.each(routes.filter(({ method }) => method !== 'ALL'))(
    '$path answers other methods than $method with 405 and what it takes',
    async (route) => {
      const response = await isolate().fetch(pathOf(route), { method: 'PATCH' })
      expect(response.status).toBe(405)
      const allowed = response.headers.get('allow')?.split(', ')
      expect(allowed).toContain(route.method)
      expect(allowed?.includes('HEAD')).toBe(allowed?.includes('GET'))
    },
  )

  it('answers HEAD as GET, without the body', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const get = await worker.client('/v1/snapshot/client')
    const head = await worker.client('/v1/snapshot/client', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
    expect((await worker.fetch('/v1/admin/definition', { method: 'HEAD' })).status).toBe(401)
  })

  it.each([
    '/',
    '/HEALTHZ',
    '//healthz',
    '/%68ealthz',
    '/v1',
    '/v1/admin',
    '/v1/admin/',
    '/healthz/',
    '/ofrep',
    '/shopping',
    '/robots.txt',
  ])('finds nothing at %s', async (path) => {
    const response = await isolate().fetch(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:not-found', status: 404 })
  })
})
