import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { answering, dead } from './alone.ts'
import { isolate } from './isolate.ts'
import { backend, browser, gate, nameOf, publishFlags, tableOf } from './origins/visit.ts'

beforeEach(() => reset())

interface Echo {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

const byFlag = tableOf({ path: '/*', flag: 'api', safe: 'blue' })

describe('which origin a request goes to', () => {
  const cases: [what: string, flag: object, origin: string][] = [
    ['a flag without rules serves its safe variant', {}, 'blue'],
    ['blue-green: what the flag gives everybody', { otherwise: 'green' }, 'green'],
    ['a rule on the path', { rules: [{ where: { path: '/x' }, serve: 'green' }] }, 'green'],
    ['a rule on the method', { rules: [{ where: { method: 'POST' }, serve: 'green' }] }, 'blue'],
    ['a rule on the host', { rules: [{ where: { host: 'flags.example.com' }, serve: 'green' }] }, 'green'],
    ['a rule on the language', { rules: [{ where: { language: 'sv-SE' }, serve: 'green' }] }, 'green'],
    ['a rule on bots', { rules: [{ where: { isBot: true }, serve: 'green' }] }, 'blue'],
    ['a rule on the country of the platform', { rules: [{ where: { country: 'SE' }, serve: 'green' }] }, 'green'],
    ['a draw of everybody', { rules: [{ traffic: 100, serve: 'green' }] }, 'green'],
    ['a draw of nobody', { rules: [{ traffic: 0, serve: 'green' }] }, 'blue'],
    ['a draw by what no request has', { unit: 'userId', rules: [{ traffic: 100, serve: 'green' }] }, 'blue'],
    ['an override of no visitor', { overrides: { green: ['someone'] } }, 'blue'],
    ['a value that is no origin', { otherwise: 'nowhere' }, 'blue'],
    ['a killed flag', { state: 'killed', otherwise: 'green' }, 'blue'],
    ['a killed flag whose safe value is no origin', { state: 'killed', safe: 'nowhere' }, 'blue'],
    ['a flag that is off', { state: 'off', otherwise: 'green' }, 'blue'],
    ['a flag of another type', { type: 'boolean', variants: { on: true }, safe: 'on' }, 'blue'],
  ]

  it.each(cases)('%s', async (_, flag, origin) => {
    const worker = gate({ traffic: byFlag })
    await publishFlags(worker, { api: backend(flag as Record<string, unknown>) })
    const cf = { country: 'SE' } as RequestInit['cf']
    const response = await worker.fetch('/x', {
      ...browser({ 'accept-language': 'sv-SE,en;q=0.5' }),
      cf,
    } as RequestInit)
    expect(await nameOf(response)).toBe(origin)
  })

  it('is the safe one while nothing is published', async () => {
    expect(await nameOf(await gate({ traffic: byFlag }).fetch('/x', browser()))).toBe('blue')
  })

  it('is the safe one when the store cannot be reached', async () => {
    const store = answering(dead)
    const worker = isolate({ env: { TRAFFIC: byFlag }, store })
    expect(await nameOf(await worker.fetch('/x', browser()))).toBe('blue')
  })

  it('is that of the first route that has the path', async () => {
    const routes = tableOf(
      { path: '/exact', safe: 'green' },
      { path: '/api/*', safe: 'green' },
      { path: '/*', safe: 'blue' },
    )
    const worker = gate({ traffic: routes })
    for (const [path, origin] of [
      ['/exact', 'green'],
      ['/exact/', 'blue'],
      ['/Exact', 'blue'],
      ['/api', 'blue'],
      ['/api/', 'green'],
      ['/api/a/b?c=/d', 'green'],
      ['/%61pi/x', 'green'],
      ['/x/../api/y', 'green'],
      ['/api/../x', 'blue'],
      ['/api/%2e%2e/x', 'blue'],
      ['/api%2fx', 'blue'],
      ['//api/x', 'blue'],
      ['/', 'blue'],
    ] as const) {
      expect(await nameOf(await worker.fetch(`https://flags.example.com${path}`)), path).toBe(origin)
    }
  })

  it('is none where no route has the path', async () => {
    const worker = gate({ traffic: tableOf({ path: '/api/*', safe: 'blue' }) })
    const response = await worker.fetch('/other')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:not-found' })
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is none without a table', async () => {
    expect((await isolate().fetch('/anything', { method: 'POST', body: 'x' })).status).toBe(404)
  })
})

describe('what the worker answers itself', () => {
  it.each([
    ['/healthz', 'POST', 405],
    ['/healthz', 'DELETE', 405],
    ['/v1/admin/definition', 'PATCH', 405],
    ['/v1/admin/definition', 'GET', 401],
    ['/v1/snapshot/client', 'OPTIONS', 204],
    ['/ofrep/v1/evaluate/flags', 'GET', 405],
    ['/shop', 'GET', 308],
  ])('%s %s is never passed on', async (path, method, status) => {
    const response = await gate().fetch(path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-origin')).toBeNull()
  })
})

describe('a request on its way', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s arrives as it was sent', async (method) => {
    const body = ['GET', 'OPTIONS'].includes(method) ? null : 'the body'
    const response = await gate().fetch('/a%20b/%C3%A9?q=1&q=2&r=%2F', { method, body })
    const echo = await response.json<Echo>()
    expect(echo).toMatchObject({ method, url: '/a%20b/%C3%A9?q=1&q=2&r=%2F', body: body ?? '' })
  })

  it('HEAD has the headers and no body', async () => {
    const response = await gate().fetch('/headers?x-said=yes', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-said')).toBe('yes')
    expect(await response.text()).toBe('')
  })

  it.each([200, 201, 204, 206, 301, 302, 304, 307, 400, 401, 404, 418, 429, 500, 501])(
    'gets a %i as it is',
    async (code) => {
      const response = await gate().fetch(`/status?code=${code}`)
      expect(response.status).toBe(code)
      expect(response.headers.get('x-origin')).toBe('blue')
    },
  )

  it('is streamed both ways', async () => {
    const response = await gate().stream('/drip?ms=50')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('first ')
    expect((await reader?.read())?.value).toBe('last')
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const sent = gate().stream('/x', { method: 'POST', body: readable, duplex: 'half' } as RequestInit)
    const writer = writable.getWriter()
    for (const word of ['one ', 'two ', 'three']) await writer.write(new TextEncoder().encode(word))
    await writer.close()
    expect(await (await sent).json()).toMatchObject({ body: 'one two three' })
  })

  it('keeps the headers that an origin says of itself', async () => {
    const response = await gate().fetch('/headers?referrer-policy=origin&set-cookie=a=1&set-cookie=b=2')
    expect(response.headers.get('referrer-policy')).toBe('origin')
    expect(response.headers.get('x-content-type-options')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it.each([
    ['/next', '/next'],
    ['next?x=1', 'next?x=1'],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
    ['BLUE/x?y#z', 'https://flags.example.com/x?y#z'],
    ['BLUE', 'https://flags.example.com/'],
    ['//HOST/x', 'https://flags.example.com/x'],
    ['https://HOST/x', 'https://flags.example.com/x'],
    ['http://[bad', 'http://[bad'],
  ])('is not followed on to %s', async (location, expected) => {
    const table = tableOf({ path: '/*', safe: 'blue' }) as { origins: { blue: { url: string } } }
    const blue = table.origins.blue.url
    const written = location.replace('BLUE', blue).replace('HOST', new URL(blue).host)
    const response = await gate({ traffic: table }).fetch(`/headers?location=${encodeURIComponent(written)}`)
    expect(response.headers.get('location')).toBe(expected)
  })
})
