import { describe, expect, it } from 'vitest'
import { Cookies, withoutOurs } from '../../worker/src/traffic/cookie.ts'

const ID = '01234567-89ab-4cde-8f01-23456789abcd'
const KEYS = 'k2:the-second-secret-of-all,k1:the-first-secret-of-all'
const YEAR_MS = 365 * 24 * 3600 * 1000
const START = Date.UTC(2026, 10, 21)

const cookies = (changes: { environment?: string; keys?: string; now?: () => number } = {}) =>
  new Cookies({ environment: 'production', keys: KEYS, now: () => START, ...changes })

const request = (cookie: string) => new Request('https://shop.example.com/', { headers: { cookie } })
const pairOf = (setCookie: string) => setCookie.split(';')[0] ?? ''

describe('the cookie of a visitor', () => {
  it('is of this host alone, for a year, and no script reads it', async () => {
    const written = await cookies().write(ID, true)
    expect(written).toMatch(
      /^__Host-fader=v1\.01234567-89ab-4cde-8f01-23456789abcd\.\d+\.k2\.[A-Za-z0-9_-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/,
    )
    expect(written).not.toMatch(/domain/i)
  })

  it('has a plain name without TLS, where the other one cannot be', async () => {
    const written = await cookies().write(ID, false)
    expect(written).toMatch(/^fader=v1\./)
    expect(written).not.toContain('Secure')
    expect(await cookies().read(request(pairOf(written)), false)).toEqual({ deviceId: ID, isAging: false })
  })

  it('is read by an isolate that never saw it, among others', async () => {
    const pair = pairOf(await cookies().write(ID, true))
    expect(await cookies().read(request(`a=1; ${pair}; b="x=y"`), true)).toEqual({ deviceId: ID, isAging: false })
  })

  it('ages when half of its time is over, and when an older key signed it', async () => {
    const pair = pairOf(await cookies().write(ID, true))
    const at = (share: number) => cookies({ now: () => START + share * YEAR_MS }).read(request(pair), true)
    expect(await at(0.49)).toEqual({ deviceId: ID, isAging: false })
    expect(await at(0.51)).toEqual({ deviceId: ID, isAging: true })
    expect(await at(0.999)).toEqual({ deviceId: ID, isAging: true })
    expect(await at(1)).toBeUndefined()
    const old = pairOf(await cookies({ keys: 'k1:the-first-secret-of-all' }).write(ID, true))
    expect(await cookies().read(request(old), true)).toEqual({ deviceId: ID, isAging: true })
  })

  it('that was remembered is forgotten when its time is over', async () => {
    let now = START
    const isolate = cookies({ now: () => now })
    const pair = pairOf(await isolate.write(ID, true))
    expect(await isolate.read(request(pair), true)).toBeDefined()
    now += YEAR_MS
    expect(await isolate.read(request(pair), true)).toBeUndefined()
  })

  it('is remembered for ten thousand visitors, and read of those that were forgotten', async () => {
    const isolate = cookies()
    const first = pairOf(await isolate.write(ID, true))
    for (let at = 0; at < 10_000; at += 1) await isolate.write(crypto.randomUUID(), true)
    expect(await isolate.read(request(first), true)).toEqual({ deviceId: ID, isAging: false })
  })
})

/** What somebody makes of a cookie that was good. */
const forgeries: [what: string, forge: (pair: string) => string][] = [
  ['nothing', () => '__Host-fader='],
  ['no value', () => '__Host-fader'],
  ['a part of it', (pair) => pair.slice(0, -1)],
  ['half of it', (pair) => pair.slice(0, pair.length / 2)],
  ['more than it', (pair) => `${pair}A`],
  ['another id', (pair) => pair.replace('01234567', '11234567')],
  ['a later end', (pair) => pair.replace(/\.(\d+)\.k2/, (_, end) => `.${Number(end) + 1}.k2`)],
  ['an end without end', (pair) => pair.replace(/\.\d+\.k2/, '.999999999999.k2')],
  ['an end that is none', (pair) => pair.replace(/\.\d+\.k2/, '.1e99.k2')],
  ['another key that there is', (pair) => pair.replace('.k2.', '.k1.')],
  ['a key that there is not', (pair) => pair.replace('.k2.', '.k3.')],
  ['a key of every object', (pair) => pair.replace('.k2.', '.__proto__.')],
  ['another version', (pair) => pair.replace('=v1.', '=v2.')],
  ['no signature', (pair) => pair.replace(/\.[^.]+$/, '.')],
  ['a signature of zeros', (pair) => pair.replace(/\.[^.]+$/, `.${'A'.repeat(43)}`)],
  ['another signature', (pair) => pair.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
  ['capitals', (pair) => pair.toUpperCase()],
  ['escapes', (pair) => pair.replaceAll('.', '%2e')],
  ['quotes', (pair) => pair.replace('=', '="').concat('"')],
  ['spaces inside', (pair) => pair.replace('.k2', ' .k2')],
  ['a line end', (pair) => pair.replace('.k2', '%0d%0a.k2')],
  ['the name without TLS', (pair) => pair.replace('__Host-', '')],
  ['another name', (pair) => pair.replace('fader', 'Fader')],
  ['an id that is no id', (pair) => pair.replace(ID, 'u-1')],
  ['an id of everything', (pair) => pair.replace(ID, '*'.repeat(36))],
  ['four thousand bytes', (pair) => `${pair}${'A'.repeat(4000)}`],
  ['letters that are none', (pair) => pair.replace(ID, '\u00e9'.repeat(36))],
]

describe('what is no cookie of ours', () => {
  it.each(forgeries)('%s is as good as none', async (_, forge) => {
    const isolate = cookies()
    const pair = pairOf(await isolate.write(ID, true))
    expect(await isolate.read(request(forge(pair)), true)).toBeUndefined()
    expect(await isolate.read(request(pair), true), 'the good one goes on').toBeDefined()
  })

  it('one of another environment', async () => {
    const pair = pairOf(await cookies({ environment: 'staging' }).write(ID, true))
    expect(await cookies().read(request(pair), true)).toBeUndefined()
  })

  it('one of another secret with the same id', async () => {
    const pair = pairOf(await cookies({ keys: 'k2:somebody-elses-secret' }).write(ID, true))
    expect(await cookies().read(request(pair), true)).toBeUndefined()
  })

  it('one that was made on plain HTTP, where anybody may set it', async () => {
    const pair = pairOf(await cookies().write(ID, false))
    expect(await cookies().read(request(pair), true)).toBeUndefined()
  })
})

describe('the keys', () => {
  it.each([
    undefined,
    '',
    'no-colon-at-all-here',
    'k:short',
    'k1:long-enough-a-secret,k1:long-enough-a-secret',
    'k1:long-enough-a-secret,',
    ':long-enough-a-secret',
  ])('%j are none, and then nobody gets a cookie', async (keys) => {
    const isolate = new Cookies({ environment: 'production', keys })
    expect(isolate.areOn).toBe(false)
    expect(await isolate.read(request(`__Host-fader=v1.${ID}.1.k1.x`), true)).toBeUndefined()
  })
})

describe('the cookies that an origin sees', () => {
  it.each([
    ['a=1', 'a=1'],
    ['__Host-fader=x', null],
    ['fader=x', null],
    ['a=1; __Host-fader=x; b=2', 'a=1; b=2'],
    ['__Host-fader=x; a=1', 'a=1'],
    ['a=1;fader=x;b=2', 'a=1;b=2'],
    ['afader=1; fader2=2', 'afader=1; fader2=2'],
    ['fader = x; a=1', 'a=1'],
    ['__Host-fader', null],
  ])('of %j are %j', (header, others) => {
    expect(withoutOurs(header)).toBe(others)
  })
})
