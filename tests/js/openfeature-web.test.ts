import {
  type Client as Asking,
  type EvaluationDetails,
  type FlagValue,
  type JsonValue,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
} from '@openfeature/web-sdk'
import type { Outcome } from 'fader'
import { FaderWebProvider } from 'fader/openfeature/web'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compile, define } from './support/definition.ts'
import { on, Puppet } from './support/puppet.ts'
import { bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const flag = (type: string, there: unknown, elsewhere: unknown) => ({
  type,
  reveal: 'rule',
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
  born: {
    ...flag('boolean', true, false),
    rules: [{ id: 'old', where: { born: { before: '2000-01-01T00:00:00Z' } }, serve: 'there' }],
  },
}
const killed = { ...flags, banner: { ...flags.banner, state: 'killed' } }
const SWEDEN = { targetingKey: 'u-1', country: 'SE' }
const NORWAY = { targetingKey: 'u-1', country: 'NO' }

// What is asked for here fails on purpose.
const silent = () => {}
OpenFeature.setLogger({ error: silent, warn: silent, info: silent, debug: silent })

let server: TestServer
let first: Uint8Array
let second: Uint8Array
beforeAll(async () => {
  first = await compile(define(flags))
  second = await compile(define(killed, { revision: 2 }))
})
beforeEach(async () => {
  server = await TestServer.start()
  server.answer = snapshotAnswer(first, '"1"')
})
afterEach(async () => {
  await OpenFeature.clearProviders()
  await OpenFeature.clearContexts()
  OpenFeature.clearHandlers()
  await server.stop()
})

const EVENTS = Object.values(ProviderEvents)
const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 3_000 })
/** Long enough for everything that was going to be said. */
const calm = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Writes down the events of a domain from now on, without those that tell of what was before. */
async function listen(asking: Asking): Promise<string[]> {
  const heard: string[] = []
  for (const event of EVENTS) asking.addHandler(event, (told) => heard.push(sentence(event, told)))
  await calm()
  heard.length = 0
  return heard
}

const sentence = (event: ProviderEvents, told: unknown) => {
  const { flagsChanged } = (told ?? {}) as { flagsChanged?: readonly string[] }
  return [event.replace('PROVIDER_', ''), ...(flagsChanged ?? [])].join(' ')
}

/** Asks for a flag of the type that the default has. */
function ask(asking: Asking, key: string, fallback: unknown): EvaluationDetails<FlagValue> {
  switch (typeof fallback) {
    case 'boolean':
      return asking.getBooleanDetails(key, fallback)
    case 'string':
      return asking.getStringDetails(key, fallback)
    case 'number':
      return asking.getNumberDetails(key, fallback)
  }
  return asking.getObjectDetails(key, fallback as JsonValue)
}

/** A provider that makes its own client, of the server of the tests. */
const own = (more = {}) => new FaderWebProvider({ url: server.url, pollIntervalMs: 0, ...more })

async function use(provider: FaderWebProvider, context = {}): Promise<Asking> {
  await OpenFeature.setProviderAndWait('test', provider, context)
  return OpenFeature.getClient('test')
}

async function usePuppet(...outcomes: Outcome[]) {
  const puppet = new Puppet(...outcomes)
  const asking = await use(new FaderWebProvider({ client: puppet }))
  return { puppet, asking, heard: await listen(asking) }
}

describe('an evaluation', () => {
  it.each([
    ['boolean', 'banner', false, true],
    ['text', 'title', '', 'Hej'],
    ['number', 'limit', 0, 2.5],
    ['object', 'layout', {}, { columns: 4 }],
  ])('gives a %s with its variant, its reason and where it comes from', async (_, key, fallback, value) => {
    const asking = await use(own(), SWEDEN)
    expect(ask(asking, key, fallback)).toEqual({
      flagKey: key,
      value,
      variant: 'there',
      reason: 'TARGETING_MATCH',
      flagMetadata: { version: '1', flagSetId: 'test', rule: 'sweden' },
    })
  })

  it.each([
    ['of a flag that is not there', 'nothing', true, 'FLAG_NOT_FOUND'],
    ['of a text as a boolean', 'title', true, 'TYPE_MISMATCH'],
    ['of a boolean as an object', 'banner', { a: 1 }, 'TYPE_MISMATCH'],
    ['of an object as a list', 'layout', [1], 'TYPE_MISMATCH'],
    ['of an object as a number', 'layout', 7, 'TYPE_MISMATCH'],
  ])('%s gives the default and says why', async (...[, key, fallback, errorCode]) => {
    const asking = await use(own(), SWEDEN)
    const details = ask(asking, key, fallback)
    expect(details).toMatchObject({ value: fallback, errorCode, reason: 'ERROR' })
    expect(details.variant).toBeUndefined()
  })

  it.each(['FLAG_NOT_FOUND', 'PARSE_ERROR', 'INVALID_CONTEXT', 'PROVIDER_NOT_READY', 'GENERAL'] as const)(
    'passes the code %s on',
    async (errorCode) => {
      const outcome = {
        flag: 'bad',
        value: null,
        variant: null,
        reason: 'ERROR',
        errorCode,
        errorMessage: 'why',
      } as const
      const { asking } = await usePuppet(outcome)
      expect(asking.getBooleanDetails('bad', true)).toMatchObject({ value: true, errorCode, errorMessage: 'why' })
    },
  )

  it('of a default of null takes any object, and no other value', async () => {
    const asking = await use(own(), SWEDEN)
    expect(asking.getObjectValue('layout', null)).toEqual({ columns: 4 })
    expect(asking.getObjectDetails('banner', null).errorCode).toBe('TYPE_MISMATCH')
  })

  it('tells of rule, arm, sticky and stability', async () => {
    const more = { rule: 'half', arm: 'treated', sticky: true, stability: 'session' } as const
    const { asking } = await usePuppet(on('drawn', { ...more, reason: 'SPLIT' }))
    const metadata = { version: '1', flagSetId: 'test', ...more }
    expect(asking.getBooleanDetails('drawn', false)).toMatchObject({ reason: 'SPLIT', flagMetadata: metadata })
  })

  it('records an exposure where a value was given, and no other', async () => {
    const { puppet, asking } = await usePuppet(on('banner'))
    asking.getBooleanValue('banner', false)
    asking.getStringValue('banner', '')
    asking.getBooleanValue('nothing', false)
    expect(puppet.told).toEqual([['expose', 'banner']])
  })

  it('before the provider was initialised gives the default', () => {
    const details = own().resolveBooleanEvaluation('banner', true)
    expect(details).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' })
  })
})

describe('the context', () => {
  it.each([
    ['stands in for the user', SWEDEN, {}, true],
    ['counts for nothing where a user is named', { ...SWEDEN, userId: 'u-2' }, {}, false],
    ['counts for nothing where it is empty', { targetingKey: '' }, {}, false],
    ['stands in for what the options say', SWEDEN, { targetingKeyAs: 'deviceId' }, false],
  ])('has a targeting key, which %s', async (_, context, options, isMine) => {
    const asking = await use(own(options), context)
    expect(asking.getBooleanValue('mine', !isMine)).toBe(isMine)
  })

  it('may have dates', async () => {
    const asking = await use(own(), { born: new Date('1990-06-01') })
    expect(asking.getBooleanValue('born', false)).toBe(true)
  })

  it('is put over the attributes of the options', async () => {
    const asking = await use(own({ context: { country: 'SE' } }), { targetingKey: 'u-1' })
    expect(asking.getBooleanValue('banner', false)).toBe(true)
    await OpenFeature.setContext('test', NORWAY)
    expect(asking.getBooleanValue('banner', true)).toBe(false)
    await OpenFeature.setContext('test', { targetingKey: 'u-1' })
    expect(asking.getBooleanValue('banner', false)).toBe(true)
  })

  it('that is empty leaves the context of a client that was given as it is', async () => {
    const { puppet } = await usePuppet()
    expect(puppet.told).toEqual([])
  })

  it('is given to a client that was given', async () => {
    const puppet = new Puppet()
    await use(new FaderWebProvider({ client: puppet }), SWEDEN)
    expect(puppet.told).toEqual([['identify', { ...SWEDEN, userId: 'u-1' }]])
  })
})

describe('a change of the context', () => {
  it('that is answered at once reconciles nothing', async () => {
    const asking = await use(own(), SWEDEN)
    const heard = await listen(asking)
    const changed = OpenFeature.setContext('test', NORWAY)
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    expect(asking.getStringValue('title', '')).toBe('Hello')
    await changed
    await calm()
    expect(heard).toEqual(['CONTEXT_CHANGED'])
  })

  it('that is waited for reconciles, and is told of when the answers are there', async () => {
    const { puppet, asking, heard } = await usePuppet(on('banner', { value: false, variant: 'off' }))
    puppet.isRemote = true
    const changed = OpenFeature.setContext('test', SWEDEN)
    expect(asking.providerStatus).toBe(ProviderStatus.RECONCILING)
    expect(asking.getBooleanValue('banner', true)).toBe(false)
    await calm()
    expect(heard).toEqual(['RECONCILING'])
    puppet.answer({ outcomes: [on('banner')] })
    await changed
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    expect(asking.getBooleanValue('banner', false)).toBe(true)
    await calm()
    expect(heard).toEqual(['RECONCILING', 'CONTEXT_CHANGED'])
  })

  it('that overtakes another is the one that is told of', async () => {
    const { puppet, asking, heard } = await usePuppet()
    puppet.isRemote = true
    const changes = [SWEDEN, NORWAY, SWEDEN].map((context) => OpenFeature.setContext('test', context))
    puppet.answer()
    await calm()
    expect(asking.providerStatus).toBe(ProviderStatus.RECONCILING)
    puppet.answer()
    puppet.answer()
    await Promise.all(changes)
    await calm()
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    expect(heard.filter((event) => event === 'CONTEXT_CHANGED')).toHaveLength(1)
  })

  it('that cannot be answered is an error, and its end is told of', async () => {
    const { puppet, asking, heard } = await usePuppet(on('banner'))
    puppet.isRemote = true
    const changed = OpenFeature.setContext('test', SWEDEN)
    puppet.answer({ status: 'error', outcomes: [] })
    await changed
    await calm()
    expect(asking.providerStatus).toBe(ProviderStatus.ERROR)
    expect(asking.getBooleanValue('banner', false)).toBe(false)
    puppet.become({ status: 'ready', outcomes: [on('banner')] })
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    await calm()
    expect(heard).toEqual(['RECONCILING', 'ERROR', 'READY'])
  })

  it('does not make a stale provider a fresh one', async () => {
    const { puppet, asking, heard } = await usePuppet()
    puppet.become({ status: 'offline' })
    await OpenFeature.setContext('test', SWEDEN)
    await calm()
    expect(asking.providerStatus).toBe(ProviderStatus.STALE)
    expect(heard).toEqual(['STALE', 'CONTEXT_CHANGED', 'STALE'])
  })

  it('while the provider has no answers yet is waited for', async () => {
    let answer = () => {}
    server.answer = (request, response) => {
      answer = () => snapshotAnswer(first, '"1"')(request, response)
    }
    OpenFeature.setProvider('test', own(), SWEDEN)
    const asking = OpenFeature.getClient('test')
    const changed = OpenFeature.setContext('test', NORWAY)
    expect(asking.providerStatus).not.toBe(ProviderStatus.READY)
    await soon(() => expect(server.requests).toHaveLength(1))
    answer()
    await changed
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    expect(asking.getStringValue('title', '')).toBe('Hello')
  })
})

describe('a provider that is set', () => {
  it('is not ready until it has answers, and says so once', async () => {
    const asking = OpenFeature.getClient('test')
    await OpenFeature.setProviderAndWait('test', new FaderWebProvider({ client: new Puppet() }))
    const heard: string[] = []
    for (const event of EVENTS) asking.addHandler(event, (told) => heard.push(sentence(event, told)))
    expect(heard).toEqual(['READY'])
    OpenFeature.setProvider('test', own(), SWEDEN)
    expect(asking.providerStatus).toBe(ProviderStatus.NOT_READY)
    expect(asking.getBooleanDetails('banner', false).errorCode).toBe('PROVIDER_NOT_READY')
    await soon(() => expect(asking.providerStatus).toBe(ProviderStatus.READY))
    await calm()
    expect(heard).toEqual(['READY', 'READY'])
  })

  it.each([
    [401, ProviderStatus.FATAL, 'PROVIDER_FATAL'],
    [403, ProviderStatus.FATAL, 'PROVIDER_FATAL'],
    [500, ProviderStatus.ERROR, 'PROVIDER_NOT_READY'],
  ])('is in error when the worker answers %i, and gives defaults', async (status, standing, errorCode) => {
    server.answer = bodyAnswer(status)
    const heard = vi.fn()
    await expect(use(own({ onError: heard }))).rejects.toThrow(`answered ${status}`)
    const asking = OpenFeature.getClient('test')
    expect(asking.providerStatus).toBe(standing)
    expect(asking.getBooleanDetails('banner', true)).toMatchObject({ value: true, errorCode })
    expect(heard).toHaveBeenCalledOnce()
  })

  it('in error becomes ready when there are answers', async () => {
    server.answer = bodyAnswer(500)
    await expect(use(own({ pollIntervalMs: 10, stream: false }), SWEDEN)).rejects.toThrow()
    const asking = OpenFeature.getClient('test')
    const heard = await listen(asking)
    server.answer = snapshotAnswer(first, '"1"')
    await soon(() => expect(asking.providerStatus).toBe(ProviderStatus.READY))
    expect(asking.getBooleanValue('banner', false)).toBe(true)
    await calm()
    expect(heard).toEqual(['READY'])
  })

  it('with answers that may be old is stale from its beginning', async () => {
    const puppet = new Puppet(on('banner'))
    puppet.status = 'offline'
    const asking = await use(new FaderWebProvider({ client: puppet }))
    await calm()
    expect(asking.providerStatus).toBe(ProviderStatus.STALE)
    expect(asking.getBooleanValue('banner', false)).toBe(true)
  })

  it('is for pages alone, and for one domain', async () => {
    const provider = own()
    await use(provider)
    expect(provider.runsOn).toBe('client')
    await expect(OpenFeature.setProviderAndWait('another', provider)).rejects.toThrow(/more than one domain/)
  })
})

describe('a provider that is ready', () => {
  it('becomes stale and ready again, and says each once', async () => {
    const { puppet, asking, heard } = await usePuppet()
    for (const status of ['stale', 'offline', 'stale'] as const) puppet.become({ status })
    expect(asking.providerStatus).toBe(ProviderStatus.STALE)
    puppet.become({ status: 'ready' })
    puppet.become({ status: 'ready' })
    expect(asking.providerStatus).toBe(ProviderStatus.READY)
    await calm()
    expect(heard).toEqual(['STALE', 'READY'])
  })

  it('says which flags give other answers: those that changed, came and went', async () => {
    const { puppet, heard } = await usePuppet(on('same'), on('other'), on('gone'))
    puppet.become({ revision: 2, outcomes: [on('same'), on('other', { variant: 'off', value: false }), on('new')] })
    puppet.become({ revision: 3 })
    await calm()
    expect(heard).toEqual(['CONFIGURATION_CHANGED other new gone'])
  })

  it('adopts what is published', async () => {
    const asking = await use(own({ pollIntervalMs: 10, stream: false, holds: false }), SWEDEN)
    const heard = await listen(asking)
    server.answer = snapshotAnswer(second, '"2"')
    await soon(() => expect(asking.getBooleanDetails('banner', true).reason).toBe('DISABLED'))
    expect(heard).toEqual(['CONFIGURATION_CHANGED banner'])
    expect(asking.getBooleanDetails('banner', true).flagMetadata.version).toBe('2')
  })

  it('records what is tracked, with its value', async () => {
    const { puppet, asking } = await usePuppet()
    asking.track('checkout', { value: 12.5, currency: 'SEK' })
    asking.track('opened')
    expect(puppet.told).toEqual([
      ['track', 'checkout', 12.5],
      ['track', 'opened', undefined],
    ])
  })
})

describe('a provider that is replaced', () => {
  it('closes the client that it made, and asks for nothing more', async () => {
    await use(own({ pollIntervalMs: 5, stream: false }))
    await soon(() => expect(server.requests.length).toBeGreaterThan(2))
    await OpenFeature.clearProviders()
    await calm()
    const { length } = server.requests
    await calm()
    expect(server.requests).toHaveLength(length)
  })

  it('leaves a client alone that it was given, and hears no more of it', async () => {
    const { puppet } = await usePuppet()
    expect(puppet.listeners).toBe(1)
    await OpenFeature.clearProviders()
    expect(puppet.told).toEqual([])
    expect(puppet.listeners).toBe(0)
  })

  it('can be set again', async () => {
    const provider = own()
    await use(provider, SWEDEN)
    await OpenFeature.clearProviders()
    const asking = await use(provider, SWEDEN)
    expect(asking.getBooleanValue('banner', false)).toBe(true)
    expect(server.requests).toHaveLength(2)
  })
})
