import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CacheStore } from '../../js/src/cache-store.ts'

const NAME = 'fader:https://flags.example/v1/snapshot/client'
const bytes = new Uint8Array([0, 1, 254, 255])
let kept: Map<string, Response>

/** As much of the Cache API as is used here; Chromium's own is asked in the tests that run there. */
beforeEach(() => {
  kept = new Map()
  const cache = {
    match: async (address: string) => kept.get(address)?.clone(),
    put: async (address: string, response: Response) => void kept.set(address, response),
  }
  vi.stubGlobal('caches', { open: async () => cache })
})
afterEach(() => vi.unstubAllGlobals())

describe('a snapshot that is kept', () => {
  it.each([
    ['with an ETag and a signature', { etag: '"abc"', signature: 'a.b.c' }],
    ['with neither', { etag: undefined, signature: undefined }],
  ])('comes back as it was, %s', async (_, names) => {
    await new CacheStore().write(NAME, { snapshot: bytes, ...names })
    expect(await new CacheStore().read(NAME)).toEqual({ snapshot: bytes, ...names })
  })

  it('is only found by its name', async () => {
    await new CacheStore().write(NAME, { snapshot: bytes, etag: undefined, signature: undefined })
    expect(await new CacheStore().read(`${NAME}?`)).toBeUndefined()
  })

  it('gives way to the next', async () => {
    const store = new CacheStore()
    await store.write(NAME, { snapshot: bytes, etag: '"1"', signature: undefined })
    await store.write(NAME, { snapshot: bytes.subarray(1), etag: '"2"', signature: undefined })
    expect(await store.read(NAME)).toEqual({ snapshot: bytes.subarray(1), etag: '"2"', signature: undefined })
    expect(kept.size).toBe(1)
  })
})

describe('nothing is kept and nothing thrown', () => {
  const refused = () => Promise.reject(new DOMException('no', 'QuotaExceededError'))
  it.each([
    ['where there is no Cache API', undefined],
    ['where it may not be opened', { open: refused }],
    ['where nothing may be read or written', { open: async () => ({ match: refused, put: refused }) }],
  ])('%s', async (_, caches) => {
    vi.stubGlobal('caches', caches)
    const store = new CacheStore()
    await store.write(NAME, { snapshot: bytes, etag: undefined, signature: undefined })
    expect(await store.read(NAME)).toBeUndefined()
  })

  it('where a header cannot be kept', async () => {
    const store = new CacheStore()
    await store.write(NAME, { snapshot: bytes, etag: '"\u{1f600}"', signature: undefined })
    expect(await store.read(NAME)).toBeUndefined()
  })
})
