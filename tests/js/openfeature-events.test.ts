import { OpenFeature, ProviderStatus } from '@openfeature/web-sdk'
import { FaderWebProvider } from 'fader/openfeature/web'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compile, define } from './support/definition.ts'
import { on, Puppet } from './support/puppet.ts'
import { bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'
import {
  calm,
  clear,
  EVENTS,
  flags,
  killed,
  listen,
  NORWAY,
  SWEDEN,
  sentence,
  soon,
  use,
  usePuppet,
} from './support/web-sdk.ts'

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
  await clear()
  await server.stop()
})

/** A provider that makes its own client, of the server of the tests. */
const own = (more = {}) => new FaderWebProvider({ url: server.url, pollIntervalMs: 0, ...more })

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
