import { type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'
import { bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const flags = { swedish: asks({ country: 'SE' }), n: gives('number', 7) }
const sweden = { country: 'SE' }
const clients: Client[] = []
const errors: string[] = []
let server: TestServer
let snapshot: Uint8Array

/** What the worker says by the remote protocol. */
const answers = {
  flags: [{ key: 'swedish', value: true, variant: 'yes', reason: 'TARGETING_MATCH', metadata: {} }],
  metadata: { version: '4', flagSetId: 'test' },
}

beforeAll(async () => {
  snapshot = await compile(define(flags, { revision: 4 }))
})

beforeEach(async () => {
  server = await TestServer.start()
  server.answer = (request, response) =>
    request.url?.includes('ofrep')
      ? bodyAnswer(200, JSON.stringify(answers), { 'content-type': 'application/json' })(request, response)
      : snapshotAnswer(snapshot, '"4"')(request, response)
})

afterEach(async () => {
  vi.unstubAllGlobals()
  for (const client of clients.splice(0)) client.close()
  errors.length = 0
  await server.stop()
})

async function client(options: Partial<ClientOptions> = {}): Promise<Client> {
  const onError = ({ message }: Error) => errors.push(message)
  const made = createClient({ url: server.url, context: sweden, pollIntervalMs: 0, onError, ...options })
  clients.push(made)
  await made.ready()
  return made
}

const asked = () => server.requests.map(({ url }) => (url.includes('ofrep') ? 'the worker' : 'the engine'))

/** A page whose policy forbids WebAssembly, or a browser that has none. */
function page(wasm: unknown): void {
  vi.stubGlobal(
    'document',
    Object.assign(new EventTarget(), { getElementById: () => null, visibilityState: 'visible' }),
  )
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('WebAssembly', wasm)
}

class Forbidden {
  constructor() {
    throw new WebAssembly.CompileError('the policy of the page says no')
  }
}
const { CompileError } = WebAssembly

describe('who evaluates', () => {
  it.each([
    ['the engine, where nothing is said', {}, ['the engine']],
    ['the worker, where that is said', { mode: 'remote' }, ['the worker']],
    ['both, where that is said', { mode: 'both' }, ['the engine', 'the worker']],
  ] as [string, Partial<ClientOptions>, string[]][])('is %s', async (_, options, who) => {
    const made = await client(options)
    expect([made.status, made.revision, made.isOn('swedish')]).toEqual(['ready', 4, true])
    expect([...new Set(asked())].sort()).toEqual(who)
  })

  it.each([
    ['forbids WebAssembly', { Module: Forbidden, CompileError }],
    ['has no WebAssembly', undefined],
  ])('is the worker in a page that %s', async (_, wasm) => {
    page(wasm)
    const made = await client({ tabs: false, events: false })
    expect([made.status, made.isOn('swedish')]).toEqual(['ready', true])
    expect(asked()).toEqual(['the worker'])
    expect(errors).toEqual([])
  })
})

describe('a definition in place of a worker', () => {
  const definition = { format: 1, environment: 'test', revision: 3, flags }

  it.each([
    ['an object', definition],
    ['a text', JSON.stringify(definition)],
  ])('is compiled and evaluated here, as %s, and nobody is asked', async (_, given) => {
    const made = await client({ definition: given })
    expect([made.status, made.revision, made.isOn('swedish'), made.value('n', 0)]).toEqual(['ready', 3, true, 7])
    await made.identify({ country: 'NO' })
    expect(made.isOn('swedish')).toBe(false)
    expect((await made.explain('swedish')).steps.length).toBeGreaterThan(0)
    expect(await made.refresh()).toBe('unchanged')
    expect(server.requests).toEqual([])
  })

  it('has all flags, also those that no client would get', async () => {
    const secret = { ...gives('number', 1), reveal: 'none' }
    const made = await client({ definition: { ...definition, flags: { secret } } })
    expect(made.value('secret', 0)).toBe(1)
    const less = await client({ definition: { ...definition, flags: { secret } }, projection: 'client' })
    expect(less.value('secret', 0)).toBe(0)
  })

  it('answers for its good flags where another has an issue, and says which', async () => {
    const made = await client({ definition: { ...definition, flags: { ...flags, bad: { type: 'number' } } } })
    expect([made.status, made.value('n', 0), made.outcome('bad').errorCode]).toEqual(['ready', 7, 'PARSE_ERROR'])
    expect(errors[0]).toMatch(/^the definition has issues: flags\.bad/)
  })

  const ring: Record<string, unknown> = {}
  ring.flags = ring
  it.each([
    ['is no JSON', '{'],
    ['is something else', '[]'],
    ['cannot be written', ring],
  ])('is an error and no throw where it %s', async (_, given) => {
    const made = await client({ definition: given })
    expect([made.status, made.value('n', 9), errors.length]).toEqual(['error', 9, 1])
  })
})
