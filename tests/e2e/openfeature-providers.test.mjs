import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { OpenFeature as Server } from '@openfeature/server-sdk'
import { OpenFeature as Web } from '@openfeature/web-sdk'
import { FaderProvider } from 'fader/openfeature/server'
import { FaderWebProvider } from 'fader/openfeature/web'
import { createClient } from 'fader/remote'
import { openFlagServer } from './flag-server.mjs'

const where = (country) => [{ id: 'there', where: { country }, serve: 'on' }]
const flag = (type, on, off, rules) => ({ type, reveal: 'rule', variants: { on, off }, safe: 'off', rules })
const flags = {
  banner: flag('boolean', true, false, where('SE')),
  title: flag('string', 'Hej', 'Hello', where('SE')),
  limit: flag('number', 2.5, 3, where('SE')),
  layout: flag('object', { columns: 4, order: ['a', 'b'] }, { columns: 2, order: [] }, where('SE')),
  switch: flag('boolean', true, false, [{ id: 'everybody', serve: 'on' }]),
  mine: flag('boolean', true, false, [{ id: 'me', where: { userId: 'u-1' }, serve: 'on' }]),
  hidden: { type: 'boolean', variants: { on: true, off: false }, safe: 'on' },
}
const definition = { format: 1, flags }
const killed = { format: 1, flags: { ...flags, switch: { ...flags.switch, state: 'killed' } } }

const SWEDEN = { targetingKey: 'u-1', country: 'SE' }
const NORWAY = { targetingKey: 'u-1', country: 'NO' }
const ASKED = [
  ['Boolean', 'banner', false, true, false],
  ['String', 'title', 'fallback', 'Hej', 'Hello'],
  ['Number', 'limit', -1, 2.5, 3],
  ['Object', 'layout', {}, flags.layout.variants.on, flags.layout.variants.off],
]

let server
let token
let edgeToken
before(async () => {
  server = await openFlagServer()
  token = await server.grant('client')
  edgeToken = await server.grant('edge')
  await server.publish(definition)
  await until(async () => (await snapshot('v1/snapshot', edgeToken)).status === 200)
  await until(async () => (await snapshot('v1/snapshot/client', token)).status === 200)
})
after(async () => {
  await Promise.all([Web.close(), Server.close()])
  await server?.close()
})

const snapshot = (path, bearer) => fetch(`${server.url}/${path}`, { headers: { authorization: `Bearer ${bearer}` } })

/** Waits until something holds, for as long as a change may take. */
async function until(holds) {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  assert.fail('it did not come true in 10 s')
}

/** A client of its own domain, so that no test sees another's context or provider. */
async function web(domain, context, more = {}) {
  const provider = new FaderWebProvider({ url: server.url, key: token, ...more })
  await Web.setProviderAndWait(domain, provider, context)
  return Web.getClient(domain)
}

test('the web provider evaluates each type, for each context, without waiting', async () => {
  const client = await web('types', SWEDEN)
  for (const context of [SWEDEN, NORWAY, SWEDEN]) {
    const changed = Web.setContext('types', context)
    assert.equal(client.providerStatus, 'READY')
    for (const [type, key, fallback, there, elsewhere] of ASKED) {
      const details = client[`get${type}Details`](key, fallback)
      assert.deepEqual(details.value, context === SWEDEN ? there : elsewhere)
      assert.equal(details.reason, context === SWEDEN ? 'TARGETING_MATCH' : 'DEFAULT')
      assert.match(details.flagMetadata.version, /^\d+$/)
    }
    await changed
  }
  assert.equal(client.getBooleanValue('mine', false), true)
})

test('the web provider takes its default for what is not there, hidden or of another type', async () => {
  const client = await web('fallback', SWEDEN)
  for (const key of ['unknown', 'hidden']) {
    const { value, errorCode } = client.getBooleanDetails(key, false)
    assert.deepEqual([value, errorCode], [false, 'FLAG_NOT_FOUND'], key)
  }
  const { value, errorCode } = client.getStringDetails('banner', 'fallback')
  assert.deepEqual([value, errorCode], ['fallback', 'TYPE_MISMATCH'])
})

test('both providers are told of a kill by the stream, and say so', async () => {
  const client = await web('kill', SWEDEN)
  await Server.setProviderAndWait('kill', new FaderProvider({ url: server.url, key: edgeToken }))
  const asking = Server.getClient('kill')
  const heard = []
  client.addHandler('PROVIDER_CONFIGURATION_CHANGED', ({ flagsChanged }) => heard.push(...flagsChanged))
  asking.addHandler('PROVIDER_CONFIGURATION_CHANGED', () => heard.push('at the server'))
  assert.equal(client.getBooleanValue('switch', false), true)
  await server.publish(killed)
  await until(() => client.getBooleanDetails('switch', true).reason === 'DISABLED')
  await until(async () => (await asking.getBooleanDetails('switch', true)).reason === 'DISABLED')
  assert.equal(client.getBooleanValue('switch', true), false)
  assert.equal(await asking.getBooleanValue('switch', true), false)
  assert.deepEqual(heard.sort(), ['at the server', 'switch'])
  await server.publish(definition)
  await until(() => client.getBooleanValue('switch', false) === true)
})

test('the web provider reconciles while the worker is asked, and the last context wins', async () => {
  const given = createClient({ url: server.url, key: token, context: SWEDEN })
  await Web.setProviderAndWait('remote', new FaderWebProvider({ client: given }), SWEDEN)
  const client = Web.getClient('remote')
  const heard = []
  client.addHandler('PROVIDER_RECONCILING', () => heard.push('reconciling'))
  client.addHandler('PROVIDER_CONTEXT_CHANGED', () => heard.push(client.getStringValue('title', 'fallback')))
  assert.equal(client.getStringValue('title', 'fallback'), 'Hej')
  const contexts = [NORWAY, SWEDEN, { targetingKey: 'u-2', country: 'NO' }]
  const changes = contexts.map((context) => Web.setContext('remote', context))
  assert.equal(client.providerStatus, 'RECONCILING')
  await Promise.all(changes)
  assert.equal(client.providerStatus, 'READY')
  for (const [type, key, fallback, , elsewhere] of ASKED)
    assert.deepEqual(client[`get${type}Value`](key, fallback), elsewhere)
  assert.equal(client.getBooleanValue('mine', true), false)
  await sleep(50)
  assert.deepEqual(heard.slice(-1), ['Hello'])
  assert.equal(heard.filter((event) => event !== 'reconciling').length, 1)
  given.close()
})

test('a token that is not accepted is fatal to both providers', async () => {
  const options = { url: server.url, key: 'fader_client_wrong' }
  await assert.rejects(Web.setProviderAndWait('fatal', new FaderWebProvider(options)), /401/)
  assert.equal(Web.getClient('fatal').providerStatus, 'FATAL')
  assert.equal(Web.getClient('fatal').getBooleanValue('banner', true), true)
  await assert.rejects(Server.setProviderAndWait('fatal', new FaderProvider(options)), /401/)
  assert.equal(Server.getClient('fatal').providerStatus, 'FATAL')
  await Promise.all([Web.getProvider('fatal').onClose(), Server.getProvider('fatal').onClose()])
})

test('the server provider evaluates all flags, for the context of each call', async () => {
  await Server.setProviderAndWait('server', new FaderProvider({ url: server.url, key: edgeToken }))
  const client = Server.getClient('server')
  for (const [type, key, fallback, there, elsewhere] of ASKED) {
    const answers = [SWEDEN, NORWAY].map((context) => client[`get${type}Value`](key, fallback, context))
    assert.deepEqual(await Promise.all(answers), [there, elsewhere])
  }
  assert.equal(await client.getBooleanValue('hidden', false, SWEDEN), true)
  assert.equal(await client.getBooleanValue('mine', false, SWEDEN), true)
  const wrong = await client.getNumberDetails('title', 7, SWEDEN)
  assert.deepEqual([wrong.value, wrong.errorCode], [7, 'TYPE_MISMATCH'])
})
