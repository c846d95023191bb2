import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Access } from '../../worker/src/access/admit.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { isolate, publish } from './isolate.ts'
import { DEFINITION, SECRET_WORD } from './shop.ts'
import { ADMIN_TOKEN } from './token.ts'

beforeEach(() => reset())

/** A path that the route matches. */
const pathOf = ({ path }: Route) => path.replace(':key{.+}', 'search').replace('*', '')

describe('the table of routes', () => {
  it('names who may call each route, and opens these alone to anyone', () => {
    const open = routes.filter(({ access }) => access === 'anyone').map(({ method, path }) => `${method} ${path}`)
    expect(open).toEqual([
      'GET /healthz',
      'GET /v1/snapshot/client',
      'POST /ofrep/v1/evaluate/flags',
      'POST /ofrep/v1/evaluate/flags/:key{.+}',
      'GET /shop',
      'GET /shop/*',
      'GET /console',
      'GET /console/*',
      'GET /assets/*',
    ])
    for (const { access } of routes) expect(['anyone', 'operator']).toContain(access)
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

describe.each(routes.filter(({ access }) => access === 'operator'))('$method $path', (route) => {
  it.each(refused)('refuses %s', async (_, authorization) => {
    const worker = isolate({ store: noStore })
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
    const worker = isolate({ store: noStore, env: { ADMIN_TOKEN_DIGEST: '' } })
    const response = await worker.admin(pathOf(route), { method: route.method, headers: { 'if-match': '*' } })
    expect(response.status).toBe(503)
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
      const response = await isolate().fetch(pathOf(route), { method: 'DELETE' })
      expect(response.status).toBe(405)
      const allowed = response.headers.get('allow')?.split(', ')
      expect(allowed).toContain(route.method)
      expect(allowed?.includes('HEAD')).toBe(allowed?.includes('GET'))
    },
  )

  it('answers HEAD as GET, without the body', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const get = await worker.fetch('/v1/snapshot/client')
    const head = await worker.fetch('/v1/snapshot/client', { method: 'HEAD' })
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

/** Ways to write a path that some router, some day, took for another one than its guard did. */
function tricks(): string[] {
  const targets = ['v1/admin/definition', 'v1/admin/history']
  const befores = [
    ...[
      '/',
      '//',
      '///',
      '/./',
      '/%2e/',
      '/../',
      '/..;/',
      '/;/',
      '/%2f',
      '/%5c',
      '/\\',
      '\\',
      '/%00/',
      '/%20/',
      '/ /',
      '/%252e%252e/',
    ],
    ...[
      '/shop/../',
      '/shop/%2e%2e/',
      '/shop/%2E%2E/',
      '/shop/..%2f',
      '/shop/..%5c',
      '/shop\\..\\',
      '/shop/.%2e/',
      '/shop/..;/',
    ],
    ...[
      '/healthz/../',
      '/healthz/..;/',
      '/healthz%2f..%2f',
      '/console/../../',
      '/assets/%252e%252e/',
      '/v1/snapshot/client/../../../',
    ],
    ...[
      '/ofrep/v1/evaluate/flags/../../../../',
      '/ofrep/v1/evaluate/flags/..%2f..%2f..%2f..%2f',
      '/%2561/../',
      '/x?/../',
      '/x#/',
    ],
  ]
  const writings = [
    (path: string) => path,
    (path: string) => path.toUpperCase(),
    (path: string) => path.replace('admin', 'ADMIN'),
    (path: string) => path.replace('admin', '%61dmin'),
    (path: string) => path.replaceAll('/', '//'),
    (path: string) => path.replaceAll('/', '%2f'),
    (path: string) => path.replaceAll('/', '\\'),
    (path: string) => path.replace('admin', 'admin;x=1'),
    (path: string) => `${path}/`,
    (path: string) => `${path}.`,
    (path: string) => `${path}%00`,
    (path: string) => `${path};.js`,
    (path: string) => `${path}/..;/definition`,
    (path: string) => `${path}?/healthz`,
  ]
  return targets.flatMap((target) => befores.flatMap((before) => writings.map((write) => before + write(target))))
}

function noStore(): never {
  throw new Error('a request without the token came as far as the store')
}

describe('path tricks', () => {
  const assets = { fetch: async () => new Response('a file of the pages') }

  it('reach no admin handler without the token', async () => {
    const reached: string[] = []
    const spied = routes.map((route): Route => {
      const handler = () => {
        if (route.access === 'operator') reached.push(route.path)
        return new Response('handled')
      }
      return { ...route, handler }
    })
    const worker = isolate({ table: spied, assets, store: noStore })
    const paths = tricks()
    expect(paths.length).toBeGreaterThan(900)
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'HEAD', 'POST']) {
        const response = await worker.fetch(`https://flags.example.com${path}`, { method })
        expect([200, 401, 404, 405], `${method} ${path}`).toContain(response.status)
      }
    }
    expect(reached).toEqual([])
  })

  it('show nothing of a definition', async () => {
    const worker = isolate({ assets })
    await publish(worker, DEFINITION)
    for (const path of tricks()) {
      const response = await worker.fetch(`https://flags.example.com${path}`)
      expect(await response.text(), path).not.toContain(SECRET_WORD)
    }
  })

  it('do not talk the worker into trusting a header', async () => {
    const worker = isolate({ store: noStore })
    for (const name of [
      'x-original-url',
      'x-rewrite-url',
      'x-http-method-override',
      'x-forwarded-prefix',
      'cf-worker',
    ]) {
      const response = await worker.fetch('/v1/admin/definition', { headers: { [name]: '/healthz' } })
      expect(response.status).toBe(401)
    }
  })
})
