import { reset } from 'cloudflare:test'
import type { Bootstrap } from 'fader'
import { beforeEach, describe, expect, it } from 'vitest'
import { isHtml } from '../../worker/src/pages/bootstrap.ts'
import { answering, dead } from './alone.ts'
import { isolate } from './isolate.ts'
import { backend, browser, COOKIE_KEYS, cookieOf, gate, publishFlags, tableOf } from './origins/visit.ts'

beforeEach(() => reset())

const traffic = tableOf(
  { path: '/plain/*', safe: 'blue' },
  { path: '/headers', flag: 'api', safe: 'blue', bootstrap: true },
  { path: '/*', safe: 'blue', bootstrap: true },
)

const BLOCK_ID = 'fader-bootstrap'
const OPENING = `<script type="application/json" id="${BLOCK_ID}">`

const flags = {
  banner: {
    type: 'string',
    reveal: 'value',
    unit: 'deviceId',
    variants: { plain: 'plain', loud: 'loud' },
    safe: 'plain',
    sticky: true,
    stability: 'session',
    rules: [{ id: 'halves', traffic: 100, split: { plain: 1, loud: 1 } }],
  },
  swedish: {
    type: 'boolean',
    reveal: 'rule',
    variants: { on: true, off: false },
    safe: 'off',
    rules: [{ where: { country: 'SE' }, serve: 'on' }],
  },
  secret: { type: 'string', variants: { hidden: 'never-in-a-page' }, safe: 'hidden' },
  api: backend(),
}

/** What the page has, as its script reads it. */
function blockOf(html: string): Bootstrap {
  expect(html.split(OPENING)).toHaveLength(2)
  const [, after = ''] = html.split(OPENING)
  return JSON.parse(after.slice(0, after.indexOf('</script>'))) as Bootstrap
}

async function opened() {
  const worker = gate({ traffic })
  await publishFlags(worker, flags)
  return worker
}

const from = (country: string, more = {}) => ({ ...browser(more), cf: { country, city: 'Malm\u00f6' } }) as RequestInit

describe('a page of an origin', () => {
  it('has the answers of the revealed flags at the beginning of its head', async () => {
    const response = await (await opened()).fetch('/page', from('SE', { 'accept-language': 'sv-SE,en' }))
    const html = await response.text()
    expect(html).toContain(`<head>${OPENING}`)
    expect(html).toMatch(/<\/script><title>Page<\/title><\/head><body>gr\u00fc\u00dfe<\/body><\/html>$/)
    const { answers, context, ...rest } = blockOf(html)
    expect(rest).toEqual({ environment: 'production', revision: 1, key: 'fader_client_page', exposed: true })
    expect(Object.keys(answers).sort()).toEqual(['banner', 'swedish'])
    expect(answers.swedish).toEqual({ value: true, variant: 'on', reason: 'TARGETING_MATCH', rule: 'rule-1' })
    const drawn = answers.banner?.variant
    expect(answers.banner).toEqual({
      value: drawn,
      variant: drawn,
      reason: 'SPLIT',
      rule: 'halves',
      sticky: true,
      stability: 'session',
    })
    expect(['plain', 'loud']).toContain(drawn)
    expect(context).toEqual({
      deviceId: cookieOf(response)?.split('.')[1],
      country: 'SE',
      city: 'Malm\u00f6',
      language: 'sv-SE',
      isBot: false,
      isPrefetch: false,
    })
    expect(html).not.toContain('never-in-a-page')
  })

  it('says the same to the same visitor, and what another one gets to another', async () => {
    const worker = await opened()
    const seen = new Set<string>()
    for (let at = 0; at < 20; at += 1) {
      const first = await worker.fetch('/page', from('SE'))
      const cookie = cookieOf(first) ?? ''
      const { answers } = blockOf(await first.text())
      const again = blockOf(await (await worker.fetch('/page', from('SE', { cookie }))).text())
      expect(again.answers).toEqual(answers)
      seen.add(String(answers.banner?.value))
    }
    expect([...seen].sort()).toEqual(['loud', 'plain'])
  })

  it.each([undefined, 'public, max-age=3600', 's-maxage=60', 'no-cache', 'private, max-age=60'])(
    'is for one visitor alone, whatever the origin says: %j',
    async (cache) => {
      const path = cache === undefined ? '/page' : `/page?cache=${encodeURIComponent(cache)}`
      const response = await (await opened()).fetch(path, browser())
      expect(response.headers.get('cache-control')).toBe('private, no-cache')
      expect(response.headers.get('vary')).toBe('Cookie')
      for (const name of ['etag', 'last-modified', 'content-length', 'expires']) {
        expect(response.headers.get(name), name).toBeNull()
      }
      expect(cookieOf(response)).toBeDefined()
    },
  )

  it('stays out of every cache where the origin wants that', async () => {
    const response = await (await opened()).fetch('/page?cache=no-store', browser())
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('keeps its policy and its nonces', async () => {
    const response = await (await opened()).fetch('/page', browser())
    expect(response.headers.get('content-security-policy')).toBe("script-src 'nonce-abc'")
  })

  it('comes whole and as text, whatever the browser has of it', async () => {
    const headers = { 'if-none-match': '"page"', range: 'bytes=0-9', 'accept-encoding': 'gzip, br' }
    const response = await (await opened()).fetch('/page', browser(headers))
    expect(response.status).toBe(200)
    expect(response.headers.get('x-asked-encoding')).toBe('identity')
    blockOf(await response.text())
  })

  it('is read where the origin compresses it all the same', async () => {
    const response = await (await opened()).fetch('/page?encoding=gzip', browser())
    const html = await response.text()
    expect(blockOf(html).revision).toBe(1)
    expect(html).toContain('gr\u00fc\u00dfe')
  })

  it('has the block at its end where it has no head', async () => {
    const html = await (await (await opened()).fetch('/bare', browser())).text()
    expect(html.startsWith('<!doctype html><title>bare</title>bare<script')).toBe(true)
    expect(blockOf(html).revision).toBe(1)
  })

  it('says nothing where nothing is published, but who asks and with which key', async () => {
    const response = await gate({ traffic }).fetch('/page', browser())
    expect(blockOf(await response.text())).toEqual({
      environment: 'production',
      revision: 0,
      key: 'fader_client_page',
      context: { isBot: false, isPrefetch: false },
      answers: {},
      exposed: true,
    })
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('goes out as it is where the flags cannot be evaluated', async () => {
    const worker = await opened()
    const { edge } = worker.services
    const { adopted } = edge.standing
    expect(adopted).toBeDefined()
    const broken = {
      evaluateAll: () => {
        throw new Error('a fault')
      },
    }
    Object.defineProperty(edge, 'standing', { value: { adopted: { ...adopted, engine: broken }, stale: false } })
    const response = await worker.fetch('/page', browser())
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<head><title>Page</title>')
  })

  it('HEAD says what GET says of it', async () => {
    const worker = await opened()
    const response = await worker.fetch('/page', { ...browser(), method: 'HEAD' })
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('etag')).toBeNull()
    expect(await response.text()).toBe('')
  })
})

describe('who is nobody', () => {
  it.each([
    [
      'a search engine',
      { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
      true,
    ],
    ['a prefetch', { 'sec-purpose': 'prefetch;prerender' }, false],
    ['a prefetch of old', { purpose: 'prefetch' }, false],
  ])('%s gets a stable answer, which is no exposure', async (_, headers, isBot) => {
    const worker = await opened()
    const pages = []
    for (let at = 0; at < 5; at += 1) {
      const response = await worker.fetch('/page', from('SE', headers))
      expect(response.headers.getSetCookie()).toEqual([])
      pages.push(blockOf(await response.text()))
    }
    const [first] = pages
    for (const page of pages) expect(page).toEqual(first)
    expect(first?.exposed).toBe(false)
    expect(first?.context).not.toHaveProperty('deviceId')
    expect(first?.context).toMatchObject({ isBot, isPrefetch: !isBot })
    expect(first?.answers.banner).toEqual({ value: 'plain', variant: 'plain', reason: 'DEFAULT', stability: 'session' })
  })
})

describe('what is no page', () => {
  it.each([
    'application/json',
    'text/plain',
    'text/html-sandboxed',
    'application/xhtml+xml',
    'image/svg+xml',
    'text/html; charset=utf-16le',
    'text/html; charset=shift_jis',
    '',
  ])('%j is passed on untouched', async (type) => {
    const response = await (await opened()).fetch(`/page?type=${encodeURIComponent(type)}&cache=public`, browser())
    expect(response.headers.get('etag')).toBe('"page"')
    expect(response.headers.get('cache-control')).toBe('public')
    expect(await response.text()).not.toContain(BLOCK_ID)
  })

  it('a page of a route without bootstrap is none', async () => {
    const response = await (await opened()).fetch('/plain/page', browser())
    expect(await response.text()).not.toContain(BLOCK_ID)
  })

  it.each([
    ['text/html', {}, true],
    ['TEXT/HTML; Charset="UTF-8"', {}, true],
    ['text/html;charset=windows-1252', {}, true],
    ['text/html; charset=iso-8859-1; x=y', {}, true],
    ['text/html; level=1', {}, true],
    ['text/htmlx', {}, false],
    ['text/html; charset=utf-7', {}, false],
    ['text/html', { 'content-disposition': 'attachment; filename=a.html' }, false],
    ['text/html', { 'content-disposition': 'inline' }, true],
    ['text/html', { 'content-encoding': 'zstd' }, false],
    ['text/html', { 'content-encoding': 'gzip, br' }, false],
    ['text/html', { 'content-encoding': 'br' }, true],
  ])('%s with %j: a page: %s', (type, headers, expected) => {
    expect(isHtml(new Response('', { headers: { 'content-type': type, ...headers } }))).toBe(expected)
  })

  it.each([206, 204, 304])('a %i is none', (status) => {
    const body = status === 206 ? 'part' : null
    expect(isHtml(new Response(body, { status, headers: { 'content-type': 'text/html' } }))).toBe(false)
  })
})

describe('what stands in the block', () => {
  const evil = [
    '</script><script>alert(1)</script>',
    '</ScRiPt >',
    '<!--<script>',
    '-->',
    ']]>',
    '&lt;/script&gt;',
    '\u2028\u2029',
    '"\\',
    '\u0000\u001f\u007f',
    '\ud83d\ude00 \u00e5\u00e4\u00f6',
  ]

  it('comes through as it is, in a page', async () => {
    const worker = gate({ traffic })
    const variants = Object.fromEntries(evil.map((text, at) => [`v${at}`, text]))
    const names = Object.keys(variants)
    const flagOf = (name: string) => [`f-${name}`, { type: 'string', reveal: 'value', variants, safe: name }] as const
    await publishFlags(worker, Object.fromEntries(names.map(flagOf)))
    const html = await (await worker.fetch('/page', browser())).text()
    const { answers } = blockOf(html)
    for (const name of names) expect(answers[`f-${name}`]?.value).toBe(variants[name])
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html.match(/<\/script/g)).toHaveLength(1)
  })

  it('cannot be broken by what a visitor sends', async () => {
    const headers = { 'accept-language': '</script><script>alert(1)', 'user-agent': '</script>' }
    const html = await (await (await opened()).fetch('/page?x=</script>', browser(headers))).text()
    expect(html.match(/<\/script/g)).toHaveLength(1)
    expect(blockOf(html).context).not.toHaveProperty('language')
  })
})

describe('the shop of the worker', () => {
  const PAGE = '<!doctype html><html><head><title>Shop</title></head><body></body></html>'
  const assets = {
    fetch: async (input: RequestInfo | URL) => {
      const request = new Request(input)
      if (request.headers.get('if-none-match') === '"shop"') return new Response(null, { status: 304 })
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        etag: '"shop"',
        'cache-control': 'public, max-age=0',
      }
      return new Response(PAGE, { headers })
    },
  }

  it('has the answers, the key and the cookie of its visitor', async () => {
    const worker = isolate({ assets, env: { COOKIE_KEYS, PAGE_KEY: 'fader_client_page' } })
    await publishFlags(worker, flags)
    const response = await worker.fetch('/shop/', browser({ 'if-none-match': '"shop"' }))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const { key, answers, context } = blockOf(await response.text())
    expect(key).toBe('fader_client_page')
    expect(answers.banner?.reason).toBe('SPLIT')
    expect(context.deviceId).toBe(cookieOf(response)?.split('.')[1])
  })

  it('has its console as it is', async () => {
    const worker = isolate({ assets, env: { COOKIE_KEYS } })
    await publishFlags(worker, flags)
    const response = await worker.fetch('/console/', browser())
    expect(await response.text()).toBe(PAGE)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('comes without a store', async () => {
    const store = answering(dead)
    const response = await isolate({ assets, store }).fetch('/shop/', browser())
    expect(response.status).toBe(200)
    expect(blockOf(await response.text()).revision).toBe(0)
  })
})
