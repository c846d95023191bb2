import { reset } from 'cloudflare:test'
import { type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KILLED } from './alone.ts'
import { type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { newKey, signingKey } from './signed.ts'
import { CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const { d: _, ...publicKey } = signingKey
const clients: Client[] = []

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  vi.restoreAllMocks()
})

/** A client of an isolate that polls in an hour, so that what it learns sooner is of the stream. */
async function clientOf(on: Isolate, options: Partial<ClientOptions> = {}): Promise<Client> {
  const fetch = async (address: unknown, init: RequestInit = {}) => {
    const response = await on.fetch(new URL(String(address)).pathname, init)
    // As over a network, what is broken off here ends there.
    const { signal } = init
    const body = response.body?.pipeThrough(new TransformStream(), signal ? { signal } : {}) ?? null
    return new Response(body, response)
  }
  const client = createClient({
    url: 'https://flags.example.com',
    key: EDGE_TOKEN,
    projection: 'edge',
    keys: [publicKey],
    pollIntervalMs: 3_600_000,
    spreadMs: 50,
    context: { country: 'SE' },
    fetch: fetch as typeof globalThis.fetch,
    ...options,
  })
  clients.push(client)
  await client.ready()
  return client
}

describe('a client in a worker', () => {
  it('verifies what it is given, and hears of a kill by the stream', async () => {
    const worker = isolate({ env: { REFRESH_INTERVAL_MS: '100' } })
    await publish(worker, DEFINITION)
    const client = await clientOf(worker)
    expect([client.status, client.value('search', 'none')]).toEqual(['ready', 'better'])
    await publish(isolate(), KILLED)
    await vi.waitFor(() => expect(client.value('search', 'none')).toBe('existing'), { timeout: 5000, interval: 10 })
    expect([client.status, client.revision]).toEqual(['ready', 2])
  })

  it('adopts nothing that another key signed', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const { d, ...other } = await newKey('test-1')
    expect(d).not.toBe('')
    const client = await clientOf(worker, { keys: [other] })
    expect([client.status, client.value('search', 'none')]).toEqual(['error', 'none'])
  })

  it('with a client token is given what is for clients, and not the rest', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const client = await clientOf(worker, { key: CLIENT_TOKEN, projection: 'client' })
    expect([client.status, client.value('constructor', 0), client.value('search', 'none')]).toEqual([
      'ready',
      7,
      'none',
    ])
    expect((await clientOf(worker, { key: CLIENT_TOKEN })).status).toBe('error')
  })
})
