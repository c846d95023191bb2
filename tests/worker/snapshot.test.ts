import { reset } from 'cloudflare:test'
import { createVerifier, loadEngine } from 'fader'
import { beforeEach, describe, expect, it } from 'vitest'
import { decodeBundle, encodeBundle, verifyBundle } from '../../worker/src/revision/bundle.ts'
import { bundleNow, store } from './alone.ts'
import { env, grantTokens, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION, SECRET_WORD } from './shop.ts'
import { signingKey } from './signed.ts'
import { CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

beforeEach(() => reset())

const { d: _, ...publicKey } = signingKey
const verify = createVerifier([publicKey])
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

/** Asks with the token that may have it. */
const ask = (on: Isolate, path: string, headers: Record<string, string> = {}) =>
  on.fetch(path, {
    headers: { authorization: `Bearer ${path === '/v1/snapshot/client' ? CLIENT_TOKEN : EDGE_TOKEN}`, ...headers },
  })

const documents = [
  ['/v1/snapshot/client', 'client', ['constructor', 'team/banner']],
  ['/v1/snapshot', 'edge', ['constructor', 'known', 'limits', 'search', 'secret', 'team/banner']],
] as const

describe.each(documents)('%s', (path, document, flags) => {
  it('is not there before something is published', async () => {
    await grantTokens()
    const response = await ask(isolate(), path)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('loads in an engine, holds these flags and no others, and is signed', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const response = await ask(worker, path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('fader-revision')).toBe('1')
    const bytes = await bytesOf(response)
    const engine = await loadEngine(bytes)
    expect([...engine.flags].sort()).toEqual(flags)
    expect(engine.evaluate('team/banner', { userId: 'u-1' }).value).toBe(true)
    const said = await verify(response.headers.get('fader-signature') ?? '', document, bytes)
    expect(said).toMatchObject({ environment: 'production', revision: 1 })
    expect(said.expires).toBeGreaterThan(Date.now())
  })

  it('has a strong tag over its bytes, and answers 304 with the signature to those who have it', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const first = await ask(worker, path)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await first.arrayBuffer()))
    expect(etag).toBe(`"${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')}"`)
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await ask(worker, path, { 'if-none-match': header })
      expect(again.status, header).toBe(304)
      expect(await again.text()).toBe('')
      expect(again.headers.get('etag')).toBe(etag)
      expect(again.headers.get('fader-signature')).toBe(first.headers.get('fader-signature'))
    }
    await publish(worker, DEFINITION)
    const changed = await ask(worker, path, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('fader-revision')).toBe('2')
  })

  it('is the same from every isolate', async () => {
    await publish(isolate(), DEFINITION)
    const [one, other] = [await ask(isolate(), path), await ask(isolate(), path)]
    expect(one.headers.get('etag')).toBe(other.headers.get('etag'))
    expect(one.headers.get('fader-signature')).toBe(other.headers.get('fader-signature'))
  })
})

describe('the snapshot for clients', () => {
  it('has nothing of the flags that are not for them', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const text = new TextDecoder().decode(await bytesOf(await ask(worker, '/v1/snapshot/client')))
    for (const word of [SECRET_WORD, 'search', 'sweden', 'better', 'limits']) expect(text).not.toContain(word)
  })

  it('may be read by the pages of every origin, which may ask first', async () => {
    await publish(isolate(), DEFINITION)
    const response = await isolate().fetch('/v1/snapshot/client', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS')
    for (const name of ['if-none-match', 'authorization', 'last-event-id']) {
      expect(response.headers.get('access-control-allow-headers')).toContain(name)
    }
    const answer = await ask(isolate(), '/v1/snapshot/client')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Fader-Signature')
  })
})

describe('what servers replicate', () => {
  it.each(['/v1/snapshot', '/v1/bundle'])('%s is for edge tokens alone, and not for pages', async (path) => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    expect((await worker.fetch(path)).status).toBe(401)
    expect((await worker.client(path)).status).toBe(403)
    const response = await ask(worker, path)
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cache-control')).toContain('private')
  })

  it('is in one piece what the store has, and can be verified and deployed', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const response = await ask(worker, '/v1/bundle')
    expect(response.headers.get('etag')).toBe(`"${(await store().head())?.issued}"`)
    const bytes = await bytesOf(response)
    expect(bytes).toEqual(encodeBundle(await bundleNow()))
    const verified = await verifyBundle(decodeBundle(bytes), verify, env.ENVIRONMENT)
    expect(verified).toMatchObject({ revision: 1 })
    const again = await ask(worker, '/v1/bundle', { 'if-none-match': response.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
    const elsewhere = isolate({
      bundled: bytes,
      kv: null,
      store: () => ({ head: () => Promise.reject(new Error('down')) }) as never,
    })
    expect((await ask(elsewhere, '/v1/snapshot')).headers.get('fader-revision')).toBe('1')
  })
})
