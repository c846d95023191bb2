import {
  type Client as Asking,
  type EvaluationDetails,
  type FlagValue,
  type JsonValue,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
} from '@openfeature/server-sdk'
import { FaderProvider } from 'fader/openfeature/server'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compile, define } from './support/definition.ts'
import { on, Puppet } from './support/puppet.ts'
import { bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const flag = (type: string, there: unknown, elsewhere: unknown) => ({
  type,
  variants: { there, elsewhere },
  safe: 'elsewhere',
  rules: [{ id: 'sweden', where: { country: 'SE' }, serve: 'there' }],
})
const flags = {
  banner: flag('boolean', true, false),
  title: flag('string', 'Hej', 'Hello'),
  limit: flag('number', 2.5, 3),
  layout: flag('object', { columns: 4 }, { columns: 2 }),
  mine: { ...flag('boolean', true, false), rules: [{ id: 'me', where: { userId: 'u-1' }, serve: 'there' }] },
}
const SWEDEN = { targetingKey: 'u-1', country: 'SE' }
const NORWAY = { targetingKey: 'u-2', country: 'NO' }

// What is asked for here fails on purpose.
const silent = () => {}
OpenFeature.setLogger({ error: silent, warn: silent, info: silent, debug: silent })

let server: TestServer
let first: Uint8Array
let second: Uint8Array
beforeAll(async () => {
  first = await compile(define(flags), 'edge')
  second = await compile(define(flags, { revision: 2 }), 'edge')
})
beforeEach(async () => {
  server = await TestServer.start()
  server.answer = snapshotAnswer(first, '"1"')
})
afterEach(async () => {
  await OpenFeature.clearProviders()
  OpenFeature.setContext({})
  OpenFeature.clearHandlers()
  await server.stop()
})

const EVENTS = Object.values(ProviderEvents)
const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 3_000 })
/** Long enough for everything that was going to be said. */
const calm = () => new Promise((resolve) => setTimeout(resolve, 20))

/** A provider that makes its own client, of the server of the tests. */
const own = (more = {}) => new FaderProvider({ url: server.url, pollIntervalMs: 0, ...more })

async function use(provider: FaderProvider): Promise<Asking> {
  await OpenFeature.setProviderAndWait('test', provider)
  return OpenFeature.getClient('test')
}

/** Writes down the events from now on, without those that tell of what was before. */
async function listen(asking: Asking): Promise<string[]> {
  const heard: string[] = []
  for (const event of EVENTS) asking.addHandler(event, () => heard.push(event.replace('PROVIDER_', '')))
  await calm()
  heard.length = 0
  return heard
}

interface Question {
  readonly key: string
  readonly fallback: unknown
  readonly context?: typeof SWEDEN
}

/** Asks for a flag of the type that the default has. */
function ask(asking: Asking, { key, fallback, context = SWEDEN }: Question): Promise<EvaluationDetails<FlagValue>> {
  switch (typeof fallback) {
    case 'boolean':
      return asking.getBooleanDetails(key, fallback, context)
    case 'string':
      return asking.getStringDetails(key, fallback, context)
    case 'number':
      return asking.getNumberDetails(key, fallback, context)
  }
  return asking.getObjectDetails(key, fallback as JsonValue, context)
}

describe('an evaluation', () => {
  it.each([
    ['banner', false, true, false],
    ['title', '', 'Hej', 'Hello'],
    ['limit', 0, 2.5, 3],
    ['layout', {}, { columns: 4 }, { columns: 2 }],
  ])('of `%s` is for the context of its call', async (key, fallback, there, elsewhere) => {
    const asking = await use(own())
    const flagMetadata = { version: '1', flagSetId: 'test' }
    expect(await ask(asking, { key, fallback })).toEqual({
      flagKey: key,
      value: there,
      variant: 'there',
      reason: 'TARGETING_MATCH',
      flagMetadata: { ...flagMetadata, rule: 'sweden' },
    })
    expect(await ask(asking, { key, fallback, context: NORWAY })).toEqual({
      flagKey: key,
      value: elsewhere,
      variant: 'elsewhere',
      reason: 'DEFAULT',
      flagMetadata,
    })
  })

  it.each([
    ['of a flag that is not there', 'nothing', true, 'FLAG_NOT_FOUND'],
    ['of a text as a boolean', 'title', true, 'TYPE_MISMATCH'],
    ['of an object as a list', 'layout', [1], 'TYPE_MISMATCH'],
  ])('%s gives the default and says why', async (...[, key, fallback, errorCode]) => {
    const details = await ask(await use(own()), { key, fallback })
    expect(details).toMatchObject({ value: fallback, errorCode, reason: 'ERROR' })
    expect(details.variant).toBeUndefined()
  })

  it('mixes no two contexts, however many are asked for at once', async () => {
    const asking = await use(own())
    const contexts = Array.from({ length: 200 }, (_, at) => (at % 3 ? SWEDEN : NORWAY))
    const titles = await Promise.all(contexts.map((context) => asking.getStringValue('title', '', context)))
    expect(titles).toEqual(contexts.map((context) => (context === SWEDEN ? 'Hej' : 'Hello')))
  })

  it('asks the network for nothing, and the server for all flags', async () => {
    const asking = await use(own({ key: 'fader_edge_secret' }))
    for (let times = 0; times < 10; times++) await asking.getStringValue('title', '', SWEDEN)
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v1/snapshot', 'Bearer fader_edge_secret'],
    ])
  })

  it('may be of the flags that clients have', async () => {
    await use(own({ projection: 'client' }))
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/snapshot/client'])
  })

  it('has the context of the program under that of the call', async () => {
    const asking = await use(own())
    OpenFeature.setContext({ country: 'SE' })
    expect(await asking.getStringValue('title', '')).toBe('Hej')
    expect(await asking.getStringValue('title', '', NORWAY)).toBe('Hello')
  })

  it.each([
    ['stands in for the user', SWEDEN, {}, true],
    ['counts for nothing where a user is named', { ...SWEDEN, userId: 'u-2' }, {}, false],
    ['counts for nothing where it is empty', { targetingKey: '' }, {}, false],
    ['stands in for what the options say', SWEDEN, { targetingKeyAs: 'orgId' }, false],
  ])('has a targeting key, which %s', async (_, context, options, isMine) => {
    const asking = await use(own(options))
    expect(await asking.getBooleanValue('mine', !isMine, context)).toBe(isMine)
  })

  it('before the provider was initialised gives the default', async () => {
    const details = await own().resolveBooleanEvaluation('banner', true, {})
    expect(details).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' })
  })

  it('is of a client that was given, and records nothing', async () => {
    const puppet = new Puppet(on('banner'))
    const asking = await use(new FaderProvider({ client: puppet }))
    expect(await asking.getBooleanValue('banner', false, SWEDEN)).toBe(true)
    expect(puppet.told).toEqual([['evaluate', 'banner', { ...SWEDEN, userId: 'u-1' }]])
  })
})

describe('a provider', () => {
  it('is for servers alone', async () => {
    expect(own().runsOn).toBe('server')
  })

  it('may serve several domains, and is initialised once', async () => {
    const provider = own()
    await OpenFeature.setProviderAndWait('one', provider)
    await OpenFeature.setProviderAndWait('two', provider)
    for (const domain of ['one', 'two'])
      expect(await OpenFeature.getClient(domain).getStringValue('title', '', SWEDEN)).toBe('Hej')
    expect(server.requests).toHaveLength(1)
  })

  it.each([
    [401, ProviderStatus.FATAL, 'PROVIDER_FATAL'],
    [403, ProviderStatus.FATAL, 'PROVIDER_FATAL'],
    [500, ProviderStatus.ERROR, 'PROVIDER_NOT_READY'],
  ])('is in error when the worker answers %i, and gives defaults', async (status, standing, errorCode) => {
    server.answer = bodyAnswer(status)
    await expect(use(own())).rejects.toThrow(`answered ${status}`)
    const asking = OpenFeature.getClient('test')
    expect(asking.providerStatus).toBe(standing)
    expect(await asking.getBooleanDetails('banner', true)).toMatchObject({ value: true, errorCode })
  })

  it('says once that it is ready, what is new, that it is stale, and that it is ready again', async () => {
    const asking = OpenFeature.getClient('test')
    const heard = await listen(asking)
    await use(own({ pollIntervalMs: 10, stream: false }))
    await calm()
    expect(heard).toEqual(['READY'])
    server.answer = snapshotAnswer(second, '"2"')
    await soon(() => expect(heard).toContain('CONFIGURATION_CHANGED'))
    server.answer = bodyAnswer(500)
    await soon(() => expect(asking.providerStatus).toBe(ProviderStatus.STALE))
    expect(await asking.getStringDetails('title', '', SWEDEN)).toMatchObject({
      value: 'Hej',
      flagMetadata: { version: '2' },
    })
    server.answer = snapshotAnswer(second, '"2"')
    await soon(() => expect(asking.providerStatus).toBe(ProviderStatus.READY))
    await calm()
    expect(heard).toEqual(['READY', 'CONFIGURATION_CHANGED', 'STALE', 'READY'])
  })

  it('in error becomes ready when there are answers', async () => {
    server.answer = bodyAnswer(500)
    await expect(use(own({ pollIntervalMs: 10, stream: false }))).rejects.toThrow()
    server.answer = snapshotAnswer(first, '"1"')
    const asking = OpenFeature.getClient('test')
    await soon(() => expect(asking.providerStatus).toBe(ProviderStatus.READY))
    expect(await asking.getStringValue('title', '', SWEDEN)).toBe('Hej')
  })

  it('that is replaced asks for nothing more', async () => {
    await use(own({ pollIntervalMs: 5, stream: false }))
    await soon(() => expect(server.requests.length).toBeGreaterThan(2))
    await OpenFeature.clearProviders()
    await calm()
    const { length } = server.requests
    await calm()
    expect(server.requests).toHaveLength(length)
  })

  it('that is replaced leaves a client alone that it was given', async () => {
    const puppet = new Puppet()
    await use(new FaderProvider({ client: puppet }))
    await OpenFeature.clearProviders()
    expect([puppet.told, puppet.listeners]).toEqual([[], 0])
  })
})
