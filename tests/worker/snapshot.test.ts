import { reset } from 'cloudflare:test'
import { loadEngine } from 'fader'
import { beforeEach, describe, expect, it } from 'vitest'
import { isolate, publish } from './isolate.ts'
import { DEFINITION, SECRET_WORD } from './shop.ts'

beforeEach(() => reset())

const PATH = '/v1/snapshot/client'

describe('the snapshot for clients', () => {
  it('is not there before something is published', async () => {
    const response = await isolate().fetch(PATH)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('loads in an engine, and holds the flags that clients may evaluate and no others', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const response = await worker.fetch(PATH)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('fader-revision')).toBe('1')
    const bytes = new Uint8Array(await response.arrayBuffer())
    const engine = await loadEngine(bytes)
    expect([...engine.flags].sort()).toEqual(['constructor', 'team/banner'])
    expect(engine.revision).toBe(1)
    expect(engine.evaluate('team/banner', { userId: 'u-1' }).value).toBe(true)
    const text = new TextDecoder().decode(bytes)
    for (const word of [SECRET_WORD, 'search', 'sweden', 'better', 'limits']) expect(text).not.toContain(word)
  })

  it('has a strong tag over its bytes, and answers 304 to those who have it', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const first = await worker.fetch(PATH)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await first.arrayBuffer()))
    expect(etag).toBe(`"${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')}"`)

    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await worker.fetch(PATH, { headers: { 'if-none-match': header } })
      expect(again.status, header).toBe(304)
      expect(await again.text()).toBe('')
      expect(again.headers.get('etag')).toBe(etag)
      expect(again.headers.get('access-control-allow-origin')).toBe('*')
    }
    await publish(worker, DEFINITION)
    const changed = await worker.fetch(PATH, { headers: { 'if-none-match': etag } })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('fader-revision')).toBe('2')
  })

  it('is the same from every isolate', async () => {
    await publish(isolate(), DEFINITION)
    const [one, other] = [await isolate().fetch(PATH), await isolate().fetch(PATH)]
    expect(one.headers.get('etag')).toBe(other.headers.get('etag'))
  })

  it('may be read by the pages of every origin, which may ask first', async () => {
    const response = await isolate().fetch(PATH, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS')
    expect(response.headers.get('access-control-allow-headers')).toContain('if-none-match')
    const answer = await isolate().fetch(PATH)
    expect(answer.headers.get('access-control-expose-headers')).toBe('ETag, Retry-After, Fader-Revision')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })
})
