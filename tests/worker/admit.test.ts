import { describe, expect, it } from 'vitest'
import { KnownKeys } from '../../worker/src/access/known-keys.ts'
import type { Source } from '../../worker/src/edge/source.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { recording, tokenSource } from './admitting.ts'
import { dead, sourceFrom } from './alone.ts'
import { isolate } from './isolate.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const SHOP = 'https://shop.example.com'
const BULK = '/ofrep/v1/evaluate/flags'
const table = recording(routes)
/** Nobody's admin token is known to this store. */
const store = () => ({ actor: async () => null }) as never

const bearer = (token: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...more })

describe('a token that expires', () => {
  it('is refused from that moment on', async () => {
    let now = Date.now()
    const expires = now + 60_000
    const { source } = tokenSource([
      { kind: 'client', token: CLIENT_TOKEN, expires },
      { kind: 'edge', token: EDGE_TOKEN, expires },
    ])
    const worker = isolate({ table, source, store, now: () => now })
    const statusOf = async (token: string) =>
      (await worker.fetch(BULK, { method: 'POST', headers: bearer(token) })).status
    for (const token of [CLIENT_TOKEN, EDGE_TOKEN]) expect(await statusOf(token)).toBe(200)
    now = expires - 1
    for (const token of [CLIENT_TOKEN, EDGE_TOKEN]) expect(await statusOf(token)).toBe(200)
    now = expires
    for (const token of [CLIENT_TOKEN, EDGE_TOKEN]) expect(await statusOf(token)).toBe(401)
  })
})

describe('a token that is revoked', () => {
  it('is refused from the next refresh on, also where its digest is remembered', async () => {
    const known = tokenSource([
      { kind: 'client', token: CLIENT_TOKEN },
      { kind: 'edge', token: EDGE_TOKEN },
    ])
    const worker = isolate({ table, source: known.source, store })
    const statusOf = async (token: string) =>
      (await worker.fetch(BULK, { method: 'POST', headers: bearer(token) })).status
    for (const token of [CLIENT_TOKEN, EDGE_TOKEN]) expect(await statusOf(token)).toBe(200)
    known.set([{ kind: 'edge', token: 'fader_edge_another' }])
    await worker.services.edge.refresh()
    for (const token of [CLIENT_TOKEN, EDGE_TOKEN]) expect(await statusOf(token)).toBe(401)
    expect(await statusOf('fader_edge_another')).toBe(200)
  })
})

describe('a client token that is bound to origins', () => {
  const { source } = tokenSource([
    { kind: 'client', token: CLIENT_TOKEN, origins: [SHOP, 'http://localhost:5173'] },
    { kind: 'client', token: 'fader_client_free' },
  ])
  const worker = isolate({ table, source, store })
  const ask = (origin?: string, token = CLIENT_TOKEN) =>
    worker.fetch(BULK, { method: 'POST', headers: bearer(token, origin === undefined ? {} : { origin }) })

  it.each([SHOP, 'http://localhost:5173'])(
    'is good on pages of %s, and only these may read the answer',
    async (origin) => {
      const response = await ask(origin)
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe(origin)
      expect(response.headers.get('access-control-expose-headers')).toContain('ETag')
      expect(response.headers.get('vary')).toBe('Origin')
    },
  )

  it.each([
    'https://evil.example.com',
    'http://shop.example.com',
    'https://shop.example.com:444',
    'https://shop.example.com.evil.com',
    'https://SHOP.example.com',
    'https://shop.example.com/',
    'null',
    '*',
    '',
  ])('is refused on pages of %j, which cannot read why', async (origin) => {
    const response = await ask(origin)
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('is good where no page sends it', async () => {
    const response = await ask()
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('has no say in another token', async () => {
    const response = await ask('https://evil.example.com', 'fader_client_free')
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('vary')).toBeNull()
  })

  it('is not needed by a browser that asks before it sends', async () => {
    const response = await worker.fetch(BULK, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example.com', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('an isolate that is cold', () => {
  it('waits for the tokens before it judges one', async () => {
    const { source } = tokenSource([{ kind: 'client', token: CLIENT_TOKEN }])
    const slow: Source = {
      ...source,
      head: async (atOnce, background) => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        return source.head(atOnce, background)
      },
    }
    const worker = isolate({ table, source: slow, store })
    const asked = Array.from({ length: 5 }, () => worker.fetch(BULK, { method: 'POST', headers: bearer(CLIENT_TOKEN) }))
    for (const response of await Promise.all(asked)) expect(response.status).toBe(200)
    expect(worker.services.edge.counters.asked).toBe(1)
  })

  it('does not call a good token wrong because it could not be looked up', async () => {
    const worker = isolate({ table: routes, source: sourceFrom(dead()), store: unreachable })
    const response = await worker.fetch(BULK, { method: 'POST', headers: bearer(CLIENT_TOKEN) })
    // The protocol's clients take their defaults at a 500 with an error code.
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ errorCode: 'GENERAL' })
    const snapshot = await worker.fetch('/v1/snapshot/client', { headers: bearer(CLIENT_TOKEN) })
    expect(snapshot.status).toBe(503)
    expect(snapshot.headers.get('retry-after')).toBe('1')
  })

  it('lets people in nevertheless', async () => {
    const handler = () => new Response('let in')
    const measure: Route = { method: 'GET', path: '/measured', access: 'measure', sharing: 'same-origin', handler }
    const worker = isolate({ table: [...table, measure], source: sourceFrom(dead()), store: unreachable })
    for (const path of ['/v1/admin/history', '/measured']) {
      expect((await worker.fetch(path, { headers: bearer(ADMIN_TOKEN) })).status, path).toBe(200)
    }
    expect((await worker.fetch('/measured', { headers: bearer(EDGE_TOKEN) })).status).toBe(503)
  })
})

function unreachable(): never {
  throw Object.assign(new Error('the store is away'), { retryable: true })
}

describe('an admin token of the configuration', () => {
  it('lets nobody in when there is no digest', async () => {
    const worker = isolate({ table, store, env: { ADMIN_TOKEN_DIGEST: '' } })
    expect((await worker.admin('/v1/admin/history')).status).toBe(401)
  })
})

describe('keys that are remembered', () => {
  it('are a thousand at most, and the first goes first', async () => {
    const keys = new KnownKeys()
    for (let number = 0; number < 1500; number += 1) keys.keep(`key-${number}`, `digest-${number}`)
    expect(keys.size).toBe(1000)
    expect(keys.digestOf('key-1499')).toBe('digest-1499')
    expect(await keys.digestOf('key-0')).toBe(await sha256Hex('key-0'))
  })

  it('are client tokens that were found good, and no others', async () => {
    const { source } = tokenSource([
      { kind: 'client', token: CLIENT_TOKEN },
      { kind: 'edge', token: EDGE_TOKEN },
    ])
    const worker = isolate({ table, source, store })
    for (const token of [EDGE_TOKEN, 'wrong', ADMIN_TOKEN, CLIENT_TOKEN]) {
      await worker.fetch(BULK, { method: 'POST', headers: bearer(token) })
      await worker.fetch('/v1/admin/history', { headers: bearer(token) })
    }
    expect(worker.services.knownKeys.size).toBe(1)
    expect(typeof worker.services.knownKeys.digestOf(CLIENT_TOKEN)).toBe('string')
  })
})

describe('a change that another site asks for', () => {
  const change = (headers: Record<string, string>, body: string | null = '{}') =>
    isolate({ table, store }).admin('/v1/admin/definition', { method: 'PUT', headers, body })

  it.each([
    ['a page of another origin', { origin: 'https://evil.example.com' }],
    ['a page of another scheme', { origin: 'http://flags.example.com' }],
    ['a page of a neighbour', { origin: 'https://shop.example.com', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page that the browser calls foreign', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused: %s', async (_, headers) => {
    const response = await change(headers)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:cross-site' })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    ['no page at all', {}],
    ["the worker's own page", { origin: 'https://flags.example.com', 'sec-fetch-site': 'same-origin' }],
    ['a person who typed the address', { 'sec-fetch-site': 'none' }],
  ])('is not: %s', async (_, headers) => {
    expect((await change(headers)).status).toBe(200)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'x/json',
  ])('may not be of the type %s', async (type) => {
    const response = await change({ 'content-type': type })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:type-unsupported' })
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])(
    'may be of the type %s',
    async (type) => {
      expect((await change({ 'content-type': type })).status).toBe(200)
    },
  )

  it('needs no type without a body', async () => {
    expect((await change({}, null)).status).toBe(200)
  })
})
