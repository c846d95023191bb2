import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { backend, browser, COOKIE_KEYS, cookieOf, gate, nameOf, publishFlags, tableOf } from './origins/visit.ts'

beforeEach(() => reset())

const traffic = tableOf({ path: '/*', flag: 'api', safe: 'blue' })

/** A worker whose flag draws visitors by their cookie. */
async function drawing({ split = { blue: 1, green: 1 }, ...options }: { split?: object; cookieKeys?: string } = {}) {
  const worker = gate({ traffic, ...options })
  await publishFlags(worker, { api: backend({ rules: [{ split }] }) })
  return worker
}

describe('a visitor who is drawn', () => {
  it('is routed by the very id that their first answer gives them', async () => {
    const worker = await drawing()
    for (let at = 0; at < 40; at += 1) {
      const first = await worker.fetch('/x', browser())
      const cookie = cookieOf(first) ?? ''
      expect(cookie).toMatch(/^__Host-fader=v1\./)
      const origin = await nameOf(first)
      for (let visit = 0; visit < 3; visit += 1) {
        const again = await worker.fetch('/x', browser({ cookie }))
        expect(await nameOf(again)).toBe(origin)
        expect(again.headers.getSetCookie()).toEqual([])
      }
    }
  })

  it('is the same one in another isolate', async () => {
    const [one, other] = [await drawing(), gate({ traffic })]
    for (let at = 0; at < 20; at += 1) {
      const first = await one.fetch('/x', browser())
      const again = await other.fetch('/x', browser({ cookie: cookieOf(first) ?? '' }))
      expect(await nameOf(again)).toBe(await nameOf(first))
    }
  })

  it('gets a new id for a forged one, and no error', async () => {
    const worker = await drawing()
    const cookie = cookieOf(await worker.fetch('/x', browser())) ?? ''
    const forged = await worker.fetch('/x', browser({ cookie: `${cookie}x` }))
    expect(forged.status).toBe(200)
    expect(cookieOf(forged)).toMatch(/^__Host-fader=v1\./)
    expect(cookieOf(forged)).not.toBe(cookie)
  })

  it('gets the same id with a new signature when the key is an old one', async () => {
    const old = cookieOf(await (await drawing()).fetch('/x', browser())) ?? ''
    const worker = gate({ traffic, cookieKeys: `k2:another-secret-of-the-tests,${COOKIE_KEYS}` })
    const renewed = cookieOf(await worker.fetch('/x', browser({ cookie: old }))) ?? ''
    expect(renewed.split('.')[1]).toBe(old.split('.')[1])
    expect(renewed).toContain('.k2.')
  })

  it('has a cookie of another name on plain HTTP', async () => {
    const response = await (await drawing()).fetch('http://127.0.0.1:8787/x', browser())
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^fader=v1\.(?!.*Secure)/)])
  })
})

describe('no cookie is given', () => {
  it('where nothing is drawn by it', async () => {
    const worker = gate({ traffic })
    const rules = [{ where: { path: '/x' }, split: { green: 1 } }]
    await publishFlags(worker, { api: backend({ unit: 'requestId', rules }) })
    const response = await worker.fetch('/x', browser())
    expect(await nameOf(response)).toBe('green')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('where the flag is killed', async () => {
    const worker = gate({ traffic })
    await publishFlags(worker, { api: backend({ state: 'killed', rules: [{ split: { blue: 1, green: 1 } }] }) })
    expect((await worker.fetch('/x', browser())).headers.getSetCookie()).toEqual([])
  })

  it('on a route that asks no flag', async () => {
    const worker = gate({ traffic: tableOf({ path: '/*', safe: 'blue' }) })
    await publishFlags(worker, { api: backend({ rules: [{ split: { blue: 1, green: 1 } }] }) })
    expect((await worker.fetch('/x', browser())).headers.getSetCookie()).toEqual([])
  })

  it('without keys, and then rules that draw decline', async () => {
    const worker = await drawing({ split: { green: 1 }, cookieKeys: '' })
    const response = await worker.fetch('/x', browser())
    expect(await nameOf(response)).toBe('blue')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it.each([
    ['a search engine', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['curl', { 'user-agent': 'curl/8.5.0' }],
    ['a prefetch', { 'sec-purpose': 'prefetch' }],
    ['a prerender', { 'sec-purpose': 'prefetch;prerender' }],
    ['a prefetch of old', { purpose: 'prefetch' }],
    ['a prefetch of Firefox', { 'x-moz': 'prefetch' }],
  ])('to %s, which is drawn by nothing', async (_, headers) => {
    const worker = await drawing({ split: { green: 1 } })
    const response = await worker.fetch('/x', browser(headers as Record<string, string>))
    expect(await nameOf(response)).toBe('blue')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('to a prefetch of a visitor, who gets the answer that is theirs', async () => {
    const worker = await drawing({ split: { green: 1 } })
    const cookie = cookieOf(await worker.fetch('/x', browser())) ?? ''
    const response = await worker.fetch('/x', browser({ cookie, 'sec-purpose': 'prefetch' }))
    expect(await nameOf(response)).toBe('green')
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('a cache that many visitors share', () => {
  it.each([
    ['public'],
    ['public, max-age=60'],
    ['max-age=60'],
    ['max-age="60"'],
    ['s-maxage=60'],
    ['S-MaxAge=60, private="x-one"'],
    ['private="set-cookie", max-age=60'],
    ['no-cache, public'],
    ['immutable'],
    ['max-age=0, stale-while-revalidate=60'],
    ['private, s-maxage=60'],
  ])('never sees a cookie on an answer of `%s`', async (control) => {
    const response = await (await drawing()).fetch(`/headers?cache-control=${encodeURIComponent(control)}`, browser())
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('cache-control')).toBe(control)
  })

  it.each(['expires', 'cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control'])(
    'never sees one on an answer with %s',
    async (name) => {
      const response = await (await drawing()).fetch(`/headers?${name}=max-age%3D60`, browser())
      expect(response.headers.getSetCookie()).toEqual([])
    },
  )

  it('never sees one on a 304, which changes what is kept', async () => {
    expect((await (await drawing()).fetch('/status?code=304', browser())).headers.getSetCookie()).toEqual([])
  })

  it.each([
    ['private', 'private'],
    ['no-store', 'no-store'],
    ['private, max-age=60, must-revalidate', 'private, max-age=60, must-revalidate'],
    ['', 'private'],
    ['no-cache', 'no-cache, private'],
    ['max-age=0, must-revalidate', 'max-age=0, must-revalidate, private'],
    ['x-private', 'x-private, private'],
  ])('may not keep an answer of `%s` that has one', async (control, expected) => {
    const path = control === '' ? '/headers' : `/headers?cache-control=${encodeURIComponent(control)}`
    const response = await (await drawing()).fetch(path, browser())
    expect(cookieOf(response)).toBeDefined()
    expect(response.headers.get('cache-control')).toBe(expected)
  })

  it.each(['x-forwarded-host', 'x-host', 'x-forwarded-scheme', 'x-original-url', 'x-forwarded-proto', 'forwarded'])(
    'cannot be poisoned through %s: nothing of it comes back',
    async (name) => {
      const worker = await drawing()
      const answer = await worker.fetch('/headers?cache-control=public', browser({ [name]: 'evil.example' }))
      const plain = await worker.fetch('/headers?cache-control=public', browser())
      const facts = (response: Response) =>
        [...response.headers].filter(([header]) => !['date', 'x-origin', 'fader-trace'].includes(header))
      expect(facts(answer)).toEqual(facts(plain))
    },
  )
})
