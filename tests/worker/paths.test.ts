import { describe, expect, it } from 'vitest'
import type { Right } from '../../worker/src/access/rights.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { nameOf, pathOf, recording, tokenSource } from './admitting.ts'
import { isolate } from './isolate.ts'
import { CLIENT_TOKEN } from './token.ts'

const handler = () => new Response()

/** A row that takes all the rest, and one for each path that the worker has or will have. */
const rest: Route = { method: 'ALL', path: '*', access: 'anyone', sharing: 'as-answered', handler }
const more: Route[] = (
  [
    ['GET', '/v1/snapshot', 'replicate'],
    ['GET', '/v1/bundle', 'replicate'],
    ['GET', '/metrics', 'measure'],
    ['POST', '/v1/admin/kill', 'kill'],
    ['POST', '/v1/admin/rollback', 'roll-back'],
    ['GET', '/v1/admin/tokens', 'administer'],
    ['DELETE', '/v1/admin/tokens/:id', 'administer'],
  ] as const
).map(([method, path, access]) => ({ method, path, access: access as Right, sharing: 'same-origin', handler }))
const known = new Set(routes.map(nameOf))
const own = routes.filter(({ method }) => method !== 'ALL')
const table = [...own, ...more.filter((route) => !known.has(nameOf(route)))]
const guarded = table.filter(({ access }) => access !== 'anyone')

/** What is put before a path, some of it after an open one, so that a guard that looks at beginnings would let it by. */
const befores = [
  ...['/', '//', '///', '/./', '/.//', '/%2e/', '/../', '/%2e%2e/', '/..;/', '/;/', '/;x=1/', '/%2f', '/%5c', '/\\'],
  ...['\\', '/%00/', '/%20/', '/ /', '/%252e%252e/', '/%09/', '/%0d%0a/', '/%0a', '/.%00/', '/~/', '/*/', '/%2561/../'],
  ...[
    '/shop/../',
    '/shop/%2e%2e/',
    '/shop/%2E%2E/',
    '/shop/.%2e/',
    '/shop/..%2f',
    '/shop/..%5c',
    '/shop\\..\\',
    '/shop/..;/',
  ],
  ...[
    '/healthz/../',
    '/healthz/..;/',
    '/healthz%2f..%2f',
    '/healthz/',
    '/console/../../',
    '/assets/%252e%252e/',
    '/assets//',
  ],
  ...[
    '/ofrep/v1/evaluate/flags/../../../../',
    '/ofrep/v1/evaluate/flags/..%2f..%2f..%2f..%2f',
    '/v1/snapshot/client/../../../',
  ],
  ...[
    '/https://flags.example.com/',
    '/http:/flags.example.com/',
    '//user@flags.example.com/',
    '/@flags.example.com/',
    '/x?/../',
    '/x#/',
  ],
  `/${'a/'.repeat(2000)}${'../'.repeat(2000)}`,
  `/shop/${'x'.repeat(8000)}/../../`,
]

/** How the path itself is written. */
const writings: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path.toUpperCase(),
  (path) => path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => path.replace(/[a-z]/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  (path) => path.replaceAll('/', '//'),
  (path) => path.replaceAll('/', '/./'),
  (path) => path.replaceAll('/', '%2f'),
  (path) => path.replaceAll('/', '%252f'),
  (path) => path.replaceAll('/', '\\'),
  (path) => path.replaceAll('/', '\u2215'),
  (path) => path.replaceAll('/', '\uff0f'),
  (path) => path.replaceAll('a', '\u0430'),
  (path) => path.replaceAll('i', '\u0131'),
  (path) => path.replaceAll('s', '\u017f'),
  (path) => path.replaceAll('k', '\u212a'),
  (path) => path.replace('v1', 'v%31'),
  (path) => path.replace('v1', 'v\uff11'),
  (path) => path.replace(/$/, '/'),
  (path) => `${path}.`,
  (path) => `${path}..`,
  (path) => `${path}/.`,
  (path) => `${path}%00`,
  (path) => `${path}%00.js`,
  (path) => `${path}%20`,
  (path) => `${path}.json`,
  (path) => `${path};x`,
  (path) => `${path};.js`,
  (path) => `${path};/shop/`,
  (path) => `${path}/..;/definition`,
  (path) => `${path}?/healthz`,
  (path) => `${path}?_method=GET&access=anyone`,
  (path) => `${path}#/healthz`,
]

const tricksFor = (path: string): string[] =>
  befores.flatMap((before) => writings.map((write) => before + write(path.slice(1))))

/** Headers by which some server, some day, let a caller choose another method, path, host or identity. */
const headerTricks: readonly Record<string, string>[] = [
  ...[
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Forwarded-Prefix',
    'X-Forwarded-Path',
    'X-Forwarded-Uri',
    'X-Original-Path',
  ].map((name) => ({ [name]: '/healthz' })),
  ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map((name) => ({ [name]: 'GET' })),
  ...['X-Forwarded-Host', 'X-Host', 'Forwarded'].map((name) => ({ [name]: 'localhost' })),
  ...['X-Forwarded-For', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP'].map((name) => ({
    [name]: '127.0.0.1',
  })),
  ...['X-Forwarded-User', 'X-Remote-User', 'X-User', 'Remote-User', 'CF-Access-Authenticated-User-Email'].map(
    (name) => ({
      [name]: 'root',
    }),
  ),
  { 'CF-Worker': 'flags.example.com' },
  { 'X-Middleware-Subrequest': 'middleware:middleware:middleware' },
  { Cookie: 'token=root; session=admin; authorization=Bearer' },
  { Origin: 'https://flags.example.com', 'Sec-Fetch-Site': 'same-origin' },
  { Referer: 'https://flags.example.com/console/' },
  { Authorization: 'Bearer undefined' },
  { Authorization: 'Bearer null' },
  { 'X-API-Key': '' },
  { 'X-API-Key': 'root' },
]

/** An isolate whose handlers say which of them ran, and which knows one client token. */
function recorded(rows: readonly Route[]) {
  const reached: string[] = []
  const { source } = tokenSource([{ kind: 'client', token: CLIENT_TOKEN }])
  const store = () => ({ actor: async () => null }) as never
  return { worker: isolate({ table: recording(rows, reached), source, store }), reached }
}

const accessOf = new Map([...table, rest].map((route) => [nameOf(route), route.access]))
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH']

/** What a client token is for. */
const forPages: readonly string[] = ['anyone', 'evaluate', 'record']

describe.each([
  ['alone', table],
  ['before a row that takes all the rest', [...table, rest]],
])('the table of routes, %s', (_, rows) => {
  it.each(guarded)('$method $path: no way to write its path reaches a guarded handler', async (route) => {
    const { worker, reached } = recorded(rows)
    const paths = tricksFor(pathOf(route))
    expect(new Set(paths).size).toBeGreaterThan(1000)
    for (const [at, path] of paths.entries()) {
      const method = at % 2 === 0 ? route.method : (methods[at % methods.length] ?? 'GET')
      const response = await worker.fetch(`https://flags.example.com${path}`, { method })
      expect([200, 401, 404, 405], `${method} ${path}`).toContain(response.status)
    }
    expect(reached.filter((name) => accessOf.get(name) !== 'anyone')).toEqual([])
  })

  it.each(guarded)('$method $path: no header opens it', async (route) => {
    const { worker, reached } = recorded(rows)
    for (const headers of headerTricks) {
      for (const method of methods) {
        const response = await worker.fetch(pathOf(route), { method, headers })
        expect([200, 401, 404, 405], `${method} ${JSON.stringify(headers)}`).toContain(response.status)
      }
    }
    expect(reached.filter((name) => accessOf.get(name) !== 'anyone')).toEqual([])
  })

  it('lets a client token come by no such way to what is not for it', async () => {
    const { worker, reached } = recorded(rows)
    const authorization = `Bearer ${CLIENT_TOKEN}`
    for (const route of guarded.filter(({ access }) => !forPages.includes(access))) {
      for (const path of tricksFor(pathOf(route))) {
        await worker.fetch(`https://flags.example.com${path}`, { method: route.method, headers: { authorization } })
      }
    }
    expect(reached.length).toBeGreaterThan(0)
    expect(reached.filter((name) => !forPages.includes(accessOf.get(name) ?? ''))).toEqual([])
  }, 60_000)

  it('would notice, because the same ways are let in where the route is open', async () => {
    const { worker, reached } = recorded(rows.map((route) => ({ ...route, access: 'anyone' as const })))
    for (const path of tricksFor('/v1/admin/history')) await worker.fetch(`https://flags.example.com${path}`)
    expect(reached.filter((name) => name === 'GET /v1/admin/history').length).toBeGreaterThan(20)
  })
})

describe('a row that takes all the rest', () => {
  it('takes no method of a path that has a row of its own', async () => {
    const { worker, reached } = recorded([rest, ...table])
    expect((await worker.fetch('/healthz', { method: 'POST' })).status).toBe(405)
    expect((await worker.fetch('/v1/admin/history', { method: 'DELETE' })).status).toBe(405)
    expect((await worker.fetch('/v1/admin/history')).status).toBe(401)
    expect(reached).toEqual([])
    expect((await worker.fetch('/some/page', { method: 'POST' })).status).toBe(200)
    expect(reached).toEqual(['* /*'])
  })
})

describe('a path', () => {
  it.each([
    ['/v1/%61dmin/history', 404],
    ['/V1/admin/history', 404],
    ['/v1/admin/history/', 404],
    ['/v1//admin/history', 404],
    ['/v1/admin/./history', 401],
    ['/x/../v1/admin/history', 401],
    ['/v1/admin/%2e/history', 401],
    ['/v1\\admin\\history', 401],
    ['/v1/admin/history?x=/healthz', 401],
    ['/v1/admin/history#/healthz', 401],
  ])('%s is judged as what it leads to: %i', async (path, status) => {
    const { worker } = recorded(table)
    expect((await worker.fetch(`https://flags.example.com${path}`)).status).toBe(status)
  })
})
