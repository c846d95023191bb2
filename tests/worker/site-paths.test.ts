import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Route, routes } from '../../worker/src/routes.ts'
import { checkSitePaths, parseSitePaths } from '../../worker/src/site-paths.ts'
import { isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { CLIENT_TOKEN } from './token.ts'

const PATHS = {
  '/x7/a': '/v1/snapshot/client',
  '/x7/b': '/v1/stream',
  '/x7/c.json': '/ofrep/v1/evaluate/flags',
}

describe('the variable PATHS', () => {
  it.each([undefined, '', '{}', {}])('names nothing where it is %j', (variable) => {
    expect(parseSitePaths(variable).size).toBe(0)
  })

  it.each([PATHS, JSON.stringify(PATHS)])('is JSON, or its text: %j', (variable) => {
    expect(Object.fromEntries(parseSitePaths(variable))).toEqual(PATHS)
  })

  it.each([
    ['{"/a":', /no object of paths/],
    ['[]', /no object of paths/],
    ['"/v1/stream"', /no object of paths/],
    [{ '/a': 7 }, /"\/a" leads to no text/],
    ...[
      ...['', 'a', '/', '//', '/a/', '/a//b', '/a/../b', '/./a', '/.well-known', '/a%2fb', '/a b', '/a?b', '/a#b'],
      ...['/a\\b', '/*', '/a/*', '/:key', '/ä', 'https://a/b', `/${'a'.repeat(256)}`],
    ].map((path) => [{ [path]: '/v1/stream' }, /is no path/] as const),
  ] as const)('%j is refused', (variable, message) => {
    expect(() => parseSitePaths(variable)).toThrow(message)
    expect(() => parseSitePaths(variable)).toThrow(/^PATHS cannot be used/)
  })

  it('tells of everything that is wrong at once', () => {
    expect(() => parseSitePaths({ a: '/v1/stream', '/b': null })).toThrow(/"a" is no path[\s\S]*"\/b" leads to no text/)
  })
})

describe('the routes that a site may name', () => {
  const check = (written: object) => () => checkSitePaths(parseSitePaths(written), routes)

  it('are those that clients ask for with their tokens', () => {
    const open = routes.filter((route) => {
      try {
        check({ '/x7/a': route.path })()
        return true
      } catch {
        return false
      }
    })
    expect(open.map(({ path }) => path).filter((path) => path !== '/v1/events')).toEqual(Object.values(PATHS))
  })

  it.each(['/v1/admin/kill', '/v1/bundle', '/v1/snapshot', '/metrics', '/healthz', '/shop', '/nothing', '*', ''])(
    'are not %j',
    (route) => {
      expect(check({ '/x7/a': route })).toThrow(`- /x7/a leads to ${route}; it may lead to /v1/snapshot/client, `)
    },
  )

  it.each([
    ['/v1/stream', '/v1/stream'],
    ['/v1/admin/kill', '/v1/admin/kill'],
    ['/v1/admin/tokens/t-1', '/v1/admin/tokens/:id'],
    ['/ofrep/v1/evaluate/flags/a/b', '/ofrep/v1/evaluate/flags/:key{.+}'],
    ['/shop/cart', '/shop/*'],
    ['/assets/index.js', '/assets/*'],
  ])('are not hidden by another: %s', (path, hidden) => {
    expect(check({ [path]: '/v1/stream' })).toThrow(`- ${path} is the path of a route, ${hidden};`)
  })

  it('do not change who may call them', () => {
    const open: Route = { ...(routes[0] as Route), path: '/v1/open', access: 'anyone', sharing: 'any-origin' }
    expect(() => checkSitePaths(parseSitePaths({ '/a': '/v1/open' }), [...routes, open])).toThrow(/leads to \/v1\/open/)
  })
})

describe('a path of the site', () => {
  beforeEach(() => reset())

  async function opened() {
    const worker = isolate({ env: { PATHS } })
    await publish(worker, DEFINITION)
    return worker
  }

  const asked = { method: 'POST', body: JSON.stringify({ context: { country: 'SE' } }) }

  it('gives what the route gives, to whom the route gives it', async () => {
    const worker = await opened()
    const [named, own] = [
      await worker.client('/x7/c.json', asked),
      await worker.client('/ofrep/v1/evaluate/flags', asked),
    ]
    expect(named.status).toBe(200)
    expect(named.headers.get('etag')).toBe(own.headers.get('etag'))
    expect(await named.text()).toBe(await own.text())
    const snapshot = await worker.client('/x7/a')
    expect(snapshot.headers.get('etag')).toBe((await worker.client('/v1/snapshot/client')).headers.get('etag'))
    for (const [path, init] of [
      ['/x7/a', {}],
      ['/x7/b', {}],
      ['/x7/c.json', asked],
    ] as const)
      expect((await worker.fetch(path, init)).status, path).toBe(401)
  })

  it('has the methods of the route, and can be asked by pages of other origins', async () => {
    const worker = await opened()
    const origin = 'https://www.example.com'
    const preflight = await worker.fetch('/x7/c.json', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    const wrong = await worker.client('/x7/c.json')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect((await worker.client('/x7/a', { method: 'HEAD' })).status).toBe(200)
  })

  it('tells of new revisions as the stream does, also with the token in the address', async () => {
    const worker = await opened()
    const response = await worker.fetch(`/x7/b?key=${CLIENT_TOKEN}`)
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('data:')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    expect(text).toContain('"revision":1')
  })

  it.each(['/x7/A', '/x7/a/', '/x7', '/x7/a.json', '/x7//a', '/x7/%61'])('is not %s', async (path) => {
    expect((await (await opened()).client(path)).status).toBe(404)
  })

  it('is counted as its route', async () => {
    const worker = await opened()
    await worker.client('/x7/a')
    const metrics = await (await worker.admin('/metrics')).text()
    expect(metrics).toMatch(/route="\/v1\/snapshot\/client"/)
    expect(metrics).not.toContain('x7')
  })

  it('is told of at the beginning, where it cannot be', () => {
    expect(() => isolate({ env: { PATHS: { '/shop/x': '/v1/stream' } } })).toThrow(/^PATHS cannot be used/)
    expect(() => isolate({ env: { PATHS: '{' } })).toThrow(/^PATHS cannot be used/)
  })
})
