import { describe, expect, it } from 'vitest'
import { parseTable, routeOf } from '../../worker/src/traffic/table.ts'

const origins = { blue: { url: 'https://blue.example.com' }, green: { url: 'http://127.0.0.1:8080/', timeoutMs: 500 } }
const routes = [{ path: '/*', safe: 'blue' }]

describe('the table of traffic', () => {
  it.each([undefined, ''])('is none where the variable is %j', (variable) => {
    expect(parseTable(variable)).toBeUndefined()
  })

  it('has what was written, as an object or as text', () => {
    const written = {
      origins,
      routes: [
        { path: '/api/*', flag: 'api', safe: 'green', shed: 'shed', mirror: 'shadow' },
        { path: '/', safe: 'blue', bootstrap: true },
      ],
    }
    const table = parseTable(written)
    expect(parseTable(JSON.stringify(written))).toEqual(table)
    expect(table?.routes).toEqual([
      {
        path: '/api/*',
        flag: 'api',
        shed: 'shed',
        mirror: 'shadow',
        bootstrap: false,
        safe: { name: 'green', base: 'http://127.0.0.1:8080', timeoutMs: 500 },
      },
      { path: '/', bootstrap: true, safe: { name: 'blue', base: 'https://blue.example.com', timeoutMs: 30_000 } },
    ])
  })

  const faults: [what: string, variable: unknown, said: string][] = [
    ['text that is no JSON', '{', 'It is not { "origins"'],
    ['a list', [], 'It is not { "origins"'],
    ['no routes', { origins }, 'It is not { "origins"'],
    ['an unknown member', { origins, routes, route: [] }, 'TRAFFIC has an unknown member "route"'],
    ['an origin that is a text', { origins: { blue: 'https://x' }, routes: [] }, 'origins.blue is no object'],
    [
      'an origin with a path',
      { origins: { a: { url: 'https://x.example/y' } }, routes: [] },
      'origins.a.url is "https',
    ],
    [
      'an origin with a user',
      { origins: { a: { url: 'https://u:p@x.example' } }, routes: [] },
      'origins.a.url is "https',
    ],
    [
      'an origin with a query',
      { origins: { a: { url: 'https://x.example?y' } }, routes: [] },
      'origins.a.url is "https',
    ],
    ['an origin that is a file', { origins: { a: { url: 'file:///etc' } }, routes: [] }, 'origins.a.url is "file'],
    ['an origin that is no URL', { origins: { a: { url: 'x.example' } }, routes: [] }, 'origins.a.url is "x.example"'],
    ['an origin without a URL', { origins: { a: {} }, routes: [] }, 'origins.a.url is undefined'],
    ['an origin named none', { origins: { none: { url: 'https://x.example' } }, routes: [] }, 'origins.none: "none"'],
    [
      'an origin with a bad name',
      { origins: { 'a b': { url: 'https://x.example' } }, routes: [] },
      'origins.a b: a name',
    ],
    ['no time', { origins: { a: { url: 'https://x.example', timeoutMs: 0 } }, routes: [] }, 'origins.a.timeoutMs is 0'],
    [
      'a time in text',
      { origins: { a: { url: 'https://x.example', timeoutMs: '1' } }, routes: [] },
      'timeoutMs is "1"',
    ],
    [
      'a member of another',
      { origins: { a: { url: 'https://x.example', safe: 1 } }, routes: [] },
      'origins.a has an unknown',
    ],
    ['a route that is a text', { origins, routes: ['/*'] }, 'routes[0] is no object'],
    ['a route without a path', { origins, routes: [{ safe: 'blue' }] }, 'routes[0].path is undefined'],
    ['a path without a slash', { origins, routes: [{ path: 'api/*', safe: 'blue' }] }, 'routes[0].path is "api/*"'],
    ['a star inside', { origins, routes: [{ path: '/*/x', safe: 'blue' }] }, 'routes[0].path is "/*/x"'],
    ['a star after letters', { origins, routes: [{ path: '/a*', safe: 'blue' }] }, 'routes[0].path is "/a*"'],
    ['a query', { origins, routes: [{ path: '/a?b', safe: 'blue' }] }, 'routes[0].path is "/a?b"'],
    ['dots', { origins, routes: [{ path: '/a/../b', safe: 'blue' }] }, 'routes[0].path is "/a/../b"'],
    ['a needless escape', { origins, routes: [{ path: '/%61', safe: 'blue' }] }, 'routes[0].path is "/%61"'],
    [
      'no safe origin',
      { origins, routes: [{ path: '/*' }] },
      'routes[0].safe is undefined; name a usable origin: blue, green',
    ],
    ['another safe origin', { origins, routes: [{ path: '/*', safe: 'red' }] }, 'routes[0].safe is "red"'],
    [
      'a flag that is no key',
      { origins, routes: [{ path: '/*', safe: 'blue', flag: ' x' }] },
      'routes[0].flag is " x"',
    ],
    [
      'a mirror that is no key',
      { origins, routes: [{ path: '/*', safe: 'blue', mirror: 1 }] },
      'routes[0].mirror is 1',
    ],
    [
      'a bootstrap in text',
      { origins, routes: [{ path: '/*', safe: 'blue', bootstrap: 'yes' }] },
      'bootstrap is "yes"',
    ],
    [
      'an unknown member of a route',
      { origins, routes: [{ path: '/*', safe: 'blue', to: 1 }] },
      'routes[0] has an unknown',
    ],
    [
      'a route behind a wider one',
      { origins, routes: [...routes, { path: '/a/*', safe: 'blue' }] },
      'never reached behind "/*"',
    ],
    [
      'a path twice',
      {
        origins,
        routes: [
          { path: '/a', safe: 'blue' },
          { path: '/a', safe: 'green' },
        ],
      },
      'routes[1].path "/a"',
    ],
  ]

  it.each(faults)('is refused for %s', (_, variable, said) => {
    expect(() => parseTable(variable)).toThrow(said)
  })

  it('says everything that is wrong at once', () => {
    const variable = { origins: { a: { url: 'x' } }, routes: [{ path: 'x', safe: 'a' }] }
    expect(() => parseTable(variable)).toThrow(/origins\.a\.url.*routes\[0\]\.path.*routes\[0\]\.safe/s)
  })

  it('has no route for names that every object has', () => {
    expect(() => parseTable({ origins, routes: [{ path: '/*', safe: 'constructor' }] })).toThrow('routes[0].safe')
    expect(() => parseTable({ origins, routes: [{ path: '/*', safe: '__proto__' }] })).toThrow('routes[0].safe')
  })

  it.each([
    ['/a', '/a'],
    ['/a/', undefined],
    ['/a/b', undefined],
    ['/b', undefined],
    ['/b/', '/b/*'],
    ['/b/c/d', '/b/*'],
    ['/%62/c', '/b/*'],
    ['/b%2Fc', undefined],
    ['/b%252Fc', undefined],
    ['/é', undefined],
  ])('%s is of the route %s', (path, route) => {
    const table = parseTable({
      origins,
      routes: [
        { path: '/a', safe: 'blue' },
        { path: '/b/*', safe: 'blue' },
      ],
    })
    expect(table && routeOf(table, path)?.path).toBe(route)
  })
})
