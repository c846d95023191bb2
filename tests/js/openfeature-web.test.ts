import {
  type Client as Asking,
  type EvaluationDetails,
  type FlagValue,
  type JsonValue,
  OpenFeature,
} from '@openfeature/web-sdk'
import { FaderWebProvider } from 'fader/openfeature/web'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { compile, define } from './support/definition.ts'
import { on, Puppet } from './support/puppet.ts'
import { snapshotAnswer, TestServer } from './support/server.ts'
import { clear, flags, NORWAY, SWEDEN, use, usePuppet } from './support/web-sdk.ts'

let server: TestServer
let first: Uint8Array
beforeAll(async () => {
  first = await compile(define(flags))
})
beforeEach(async () => {
  server = await TestServer.start()
  server.answer = snapshotAnswer(first, '"1"')
})
afterEach(async () => {
  await clear()
  await server.stop()
})

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
