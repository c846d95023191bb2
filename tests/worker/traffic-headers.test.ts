import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { origins } from './origins/origins.ts'
import { gate } from './origins/visit.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

beforeEach(() => reset())

interface Echo {
  readonly name: string
  readonly url: string
  readonly headers: Record<string, string>
}

/** The headers that an origin sees of these. */
async function seen(headers: Record<string, string>, url = '/x'): Promise<Record<string, string>> {
  const echo = await (await gate().stream(url, { headers })).json<Echo>()
  return echo.headers
}

describe('the headers of a request', () => {
  it.each([
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['tracestate', 'vendor=1'],
    ['baggage', 'a=1,b=2'],
    ['authorization', 'Bearer of-the-origin'],
    ['x-api-key', CLIENT_TOKEN],
    ['cookie', 'session=1; theme=dark'],
    ['accept-language', 'sv'],
    ['user-agent', 'somebody'],
    ['if-none-match', '"1"'],
    ['range', 'bytes=0-1'],
    ['content-type', 'text/plain'],
    ['origin', 'https://elsewhere.example'],
    ['x-something', 'of its own'],
  ])('%s goes on', async (name, value) => {
    expect((await seen({ [name]: value }))[name]).toBe(value)
  })

  it.each([
    ['connection', 'x-drop'],
    ['keep-alive', 'timeout=5'],
    ['proxy-authorization', 'Basic x'],
    ['proxy-connection', 'keep-alive'],
    ['te', 'trailers'],
    ['trailer', 'x-end'],
    ['upgrade', 'h2c'],
    ['x-fader-mirror', '1'],
    ['x-fader-anything', '1'],
    ['fader-mirror', '1'],
    ['cf-connecting-ip', '203.0.113.7'],
    ['cf-ipcountry', 'SE'],
    ['cf-worker', 'evil.example'],
    ['x-real-ip', '203.0.113.7'],
    ['true-client-ip', '203.0.113.7'],
    ['forwarded', 'for=203.0.113.7;host=evil.example'],
    ['x-forwarded-port', '1'],
    ['x-forwarded-prefix', '/evil'],
    ['x-forwarded-server', 'evil.example'],
    ['x-original-url', '/v1/admin/definition'],
    ['x-rewrite-url', '/v1/admin/definition'],
    ['x-http-method-override', 'DELETE'],
    ['cookie', '__Host-fader=v1.x'],
    ['authorization', `Bearer ${ADMIN_TOKEN}`],
    ['authorization', `Bearer ${EDGE_TOKEN}`],
    ['x-api-key', ADMIN_TOKEN],
  ])('%s: %s ends here', async (name, value) => {
    expect((await seen({ [name]: value }))[name] ?? 'absent').not.toContain(value)
  })

  it('that Connection names end with it', async () => {
    const headers = await seen({ connection: 'close, X-One , x-two', 'x-one': '1', 'x-two': '2', 'x-three': '3' })
    expect(headers).not.toHaveProperty('x-one')
    expect(headers).not.toHaveProperty('x-two')
    expect(headers['x-three']).toBe('3')
  })

  it('say where the client asked, whatever the client says', async () => {
    const sent = { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp' }
    const headers = await seen({ ...sent, 'cf-connecting-ip': '203.0.113.7' })
    expect(headers['x-forwarded-for']).toBe('203.0.113.7')
    expect(headers['x-forwarded-host']).toBe('flags.example.com')
    expect(headers['x-forwarded-proto']).toBe('https')
    expect(headers.host).toBe(new URL(origins.blue).host)
    expect(await seen(sent)).not.toHaveProperty('x-forwarded-for')
    expect((await seen({}, 'http://127.0.0.1:8787/x'))['x-forwarded-proto']).toBe('http')
  })

  it('that Connection names cannot take away what is said of the client', async () => {
    const headers = await seen({ connection: 'x-forwarded-host, x-forwarded-for', 'cf-connecting-ip': '203.0.113.7' })
    expect(headers['x-forwarded-host']).toBe('flags.example.com')
    expect(headers['x-forwarded-for']).toBe('203.0.113.7')
  })

  it('have the other cookies of the visitor', async () => {
    expect((await seen({ cookie: 'a=1; __Host-fader=v1.x; b=2' })).cookie).toBe('a=1; b=2')
  })
})

describe('the headers of an answer', () => {
  it.each(['keep-alive', 'proxy-authenticate', 'x-fader-internal', 'cf-ray', 'trailer', 'x-forwarded-for'])(
    '%s ends here',
    async (name) => {
      const response = await gate().stream(`/headers?${name}=of-the-origin`)
      expect(response.headers.get(name)).toBeNull()
      expect(response.headers.get('x-origin')).toBe('blue')
    },
  )

  it.each(['etag', 'vary', 'content-language', 'link', 'strict-transport-security', 'content-security-policy'])(
    '%s goes on',
    async (name) => {
      const response = await gate().stream(`/headers?${name}=of-the-origin`)
      expect(response.headers.get(name)).toBe('of-the-origin')
    },
  )
})

/** Ways to make a proxy ask somebody else than it was meant to. */
const paths = [
  ...[
    '//evil.example/',
    '///evil.example/',
    '////evil.example/',
    '/\\evil.example/',

    '/\\/evil.example',
  ],
  ...['/@evil.example/', '/:80@evil.example/', '/user:pass@evil.example/', '/.evil.example/', '/:@evil.example'],
  ...[
    '/http://evil.example/',
    '/https:evil.example',
    '/http:/evil.example',
    '/https:%2f%2fevil.example',
    '/ftp://evil.example/',
  ],
  ...[
    '/%2f%2fevil.example/',
    '/%2F/evil.example',
    '/%5c%5cevil.example',
    '/%5C/evil.example',
    '/%09//evil.example',
    '/%0a//evil.example',
  ],
  ...[
    '/%0d%0aHost:%20evil.example/',
    '/x%0d%0aX-Evil:%201',
    '/x%20HTTP/1.1%0d%0aHost:evil.example',
    '/%00//evil.example',
    '/x%00.evil.example',
  ],
  ...[
    '/../../evil.example',
    '/..//evil.example',
    '/%2e%2e//evil.example',
    '/..%2f..%2fevil.example',
    '/.%2e/%2e./evil.example',
    '/..;/evil.example',
  ],
  ...[
    '/?@evil.example/',
    '/?url=http://evil.example',
    '/?//evil.example',
    '/#@evil.example/',
    '/x#//evil.example',
    '/x?#@evil.example',
  ],
  ...[
    '//[::1]/',
    '//[::ffff:127.0.0.1]:80/',
    '/@[::1]/',
    '//127.0.0.1:1/',
    '//2130706433/',
    '//0x7f000001/',
    '//0177.0.0.1/',
    '//127.1/',
    '//localhost/',
  ],
  ...[
    '//169.254.169.254/latest/meta-data/',
    '/@169.254.169.254/',
    '/http://169.254.169.254/',
    '//metadata.google.internal/',
  ],
  ...[
    '/x/http:%5c%5cevil.example',
    '/%68ttp://evil.example',
    '/x;@evil.example',
    '/x,@evil.example',
    '/x|//evil.example',
    '/x^@evil.example',
  ],
  ...[
    '/\u2044\u2044evil.example',
    '/\uff0f\uff0fevil.example',
    '/\u3002evil.example',
    '/\ufe6bevil.example',
    '/%ef%bc%8f%ef%bc%8fevil.example',
  ],
  ...[
    '/%252f%252fevil.example',
    '/%25%32%66evil.example',
    '/%c0%af%c0%afevil.example',
    '/%u002f%u002fevil.example',
    '/ //evil.example',
  ],
]

describe('no request leaves the table', () => {
  it('has sixty ways to try at least', () => {
    expect(new Set(paths).size).toBe(paths.length)
    expect(paths.length).toBeGreaterThanOrEqual(60)
  })

  it.each(paths)('%j', async (path) => {
    const url = `https://flags.example.com${path}`
    expect(new URL(url).host, 'it would come here').toBe('flags.example.com')
    const response = await gate().stream(url)
    const { name, headers, url: target } = await response.json<Echo>()
    expect(name).toBe('blue')
    expect(headers.host).toBe(new URL(origins.blue).host)
    expect(headers).not.toHaveProperty('x-evil')
    expect(target).toBe(new URL(url).pathname + new URL(url).search)
  })

  it.each(['evil.example', 'evil.example:80', '[::1]', '127.0.0.1:1', 'flags.example.com@evil.example'])(
    'whatever the Host header says: %s',
    async (host) => {
      const headers = { host, 'x-forwarded-host': host, 'x-host': host, 'x-original-host': host }
      const response = await gate().stream('/x', { headers })
      expect((await response.json<Echo>()).headers.host).toBe(new URL(origins.blue).host)
    },
  )

  it.each(paths)('nor does a WebSocket to %j', async (path) => {
    const url = `https://flags.example.com${path}`
    const response = await gate().stream(url, { headers: { upgrade: 'websocket', connection: 'upgrade' } })
    // This origin speaks no WebSocket, and says its name nevertheless.
    expect(response.headers.get('x-origin')).toBe('blue')
  })
})
