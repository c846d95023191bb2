import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature as Server } from '@openfeature/server-sdk'
import { OpenFeature as Web } from '@openfeature/web-sdk'
import { openFlagServer } from './flag-server.mjs'

const where = (country) => [{ id: 'there', where: { country }, serve: 'on' }]
const flag = (type, on, off, rules) => ({ type, reveal: 'value', variants: { on, off }, safe: 'off', rules })

const flags = {
  banner: flag('boolean', true, false, where('SE')),
  title: flag('string', 'Hej', 'Hello', where('SE')),
  limit: flag('number', 2.5, 3, where('SE')),
  layout: flag('object', { columns: 4, order: ['a', 'b'] }, { columns: 2, order: [] }, where('SE')),
  switch: flag('boolean', true, false, [{ id: 'everybody', serve: 'on' }]),
  mine: flag('boolean', true, false, [{ id: 'me', where: { userId: 'u-1' }, serve: 'on' }]),
  hidden: { type: 'boolean', variants: { off: false }, safe: 'off' },
}
const definition = { format: 1, flags }
const killed = { format: 1, flags: { ...flags, switch: { ...flags.switch, state: 'killed' } } }

const SWEDEN = { targetingKey: 'u-1', country: 'SE' }
const NORWAY = { targetingKey: 'u-1', country: 'NO' }
const ELSEWHERE = [
  ['Boolean', 'banner', true, false],
  ['String', 'title', 'Hej', 'Hello'],
  ['Number', 'limit', 2.5, 3],
  ['Object', 'layout', flags.layout.variants.on, flags.layout.variants.off],
]
const FALLBACK = { Boolean: false, String: 'fallback', Number: -1, Object: {} }

let server
let token
let edgeToken
before(async () => {
  server = await openFlagServer()
  token = await server.grant('client')
  edgeToken = await server.grant('edge')
  await server.publish(definition)
  await until(async () => (await bulk(token)).status === 200)
})
after(async () => {
  await Promise.all([Web.close(), Server.close()])
  await server?.close()
})

/** Waits until something holds, for as long as a change may take. */
async function until(holds) {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  assert.fail('it did not come true in 10 s')
}

const bulk = (bearer, headers = {}) =>
  fetch(`${server.url}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ context: SWEDEN }),
  })

/** A provider as programs set it up, which writes down what it was answered. */
function watched(Provider, more = {}) {
  const statuses = []
  const fetchImplementation = async (request) => {
    const response = await fetch(request)
    statuses.push(response.status)
    return response
  }
  const headers = [['Authorization', `Bearer ${token}`]]
  return { statuses, provider: new Provider({ baseUrl: server.url, headers, fetchImplementation, ...more }) }
}

/** A client of its own domain, so that no test sees another's context or provider. */
async function webClient(domain, context, more = {}) {
  const { provider, statuses } = watched(OFREPWebProvider, { changeDetection: 'polling', ...more })
  await Web.setContext(domain, context)
  await Web.setProviderAndWait(domain, provider)
  return { client: Web.getClient(domain), statuses }
}

test('the web provider evaluates each type, for the context that it has', async () => {
  const { client } = await webClient('types', SWEDEN)
  for (const [type, key, there] of ELSEWHERE) {
    const details = client[`get${type}Details`](key, FALLBACK[type])
    assert.deepEqual(details.value, there)
    assert.equal(details.variant, 'on')
    assert.equal(details.reason, 'TARGETING_MATCH')
    assert.equal(details.flagMetadata.rule, 'there')
    assert.match(details.flagMetadata.version, /^\d+$/)
  }
  assert.equal(client.getBooleanValue('mine', false), true)
})

test('the web provider gives new answers for a new context, though the user stays', async () => {
  const { client, statuses } = await webClient('change', SWEDEN)
  for (const context of [NORWAY, SWEDEN, NORWAY]) {
    await Web.setContext('change', context)
    for (const [type, key, there, elsewhere] of ELSEWHERE) {
      const expected = context === SWEDEN ? there : elsewhere
      assert.deepEqual(client[`get${type}Value`](key, FALLBACK[type]), expected)
    }
  }
  assert.deepEqual(statuses, [200, 200, 200, 200])
})

test('the web provider takes its fallback for what is not there, hidden or of another type', async () => {
  const { client } = await webClient('fallback', SWEDEN)
  for (const key of ['unknown', 'hidden']) {
    const details = client.getBooleanDetails(key, true)
    assert.equal(details.value, true, key)
    assert.equal(details.errorCode, 'FLAG_NOT_FOUND', key)
  }
  const wrong = client.getStringDetails('banner', 'fallback')
  assert.equal(wrong.value, 'fallback')
  assert.equal(wrong.errorCode, 'TYPE_MISMATCH')
})

test('the web provider, polling, is told when nothing changed, and sees a kill', async () => {
  const { client, statuses } = await webClient('polling', SWEDEN, { pollInterval: 200 })
  assert.equal(client.getBooleanValue('switch', false), true)
  await until(() => statuses.filter((status) => status === 304).length >= 3)
  assert.equal(statuses.filter((status) => status === 200).length, 1)
  const changed = []
  client.addHandler('PROVIDER_CONFIGURATION_CHANGED', ({ flagsChanged }) => changed.push(...(flagsChanged ?? [])))
  await server.publish(killed)
  await until(() => client.getBooleanValue('switch', true) === false)
  assert.equal(client.getBooleanDetails('switch', true).reason, 'DISABLED')
  assert.ok(changed.includes('switch'))
  await server.publish(definition)
  await until(() => client.getBooleanValue('switch', false) === true)
})

test('a token that is not accepted is fatal to the web provider', async () => {
  for (const headers of [[], [['Authorization', 'Bearer fader_client_wrong']], [['X-API-Key', 'wrong']]]) {
    const { provider } = watched(OFREPWebProvider, { headers })
    const domain = `fatal-${headers.length}-${headers[0]?.[0]}`
    await assert.rejects(Web.setProviderAndWait(domain, provider))
    assert.equal(Web.getClient(domain).providerStatus, 'FATAL')
    assert.equal(Web.getClient(domain).getBooleanValue('banner', true), true)
  }
})

test('a token may be sent as X-API-Key', async () => {
  const { client } = await webClient('api-key', SWEDEN, { headers: [['X-API-Key', token]] })
  assert.equal(client.getStringValue('title', ''), 'Hej')
})

test('the server provider evaluates each type, for the context of each call', async () => {
  await Server.setProviderAndWait('server', watched(OFREPProvider).provider)
  const client = Server.getClient('server')
  for (const [type, key, there, elsewhere] of ELSEWHERE) {
    const details = await client[`get${type}Details`](key, FALLBACK[type], SWEDEN)
    assert.deepEqual(details.value, there)
    assert.equal(details.reason, 'TARGETING_MATCH')
    assert.equal(details.flagMetadata.rule, 'there')
    assert.deepEqual(await client[`get${type}Value`](key, FALLBACK[type], NORWAY), elsewhere)
  }
  const unknown = await client.getBooleanDetails('unknown', true, SWEDEN)
  assert.deepEqual([unknown.value, unknown.errorCode], [true, 'FLAG_NOT_FOUND'])
  const wrong = await client.getNumberDetails('title', 7, SWEDEN)
  assert.deepEqual([wrong.value, wrong.errorCode], [7, 'TYPE_MISMATCH'])
})

test('the server provider may have the secret token of a server, and gives its fallback without a good one', async () => {
  const secret = watched(OFREPProvider, { headers: [['Authorization', `Bearer ${edgeToken}`]] })
  await Server.setProviderAndWait('secret', secret.provider)
  assert.equal(await Server.getClient('secret').getStringValue('title', '', SWEDEN), 'Hej')
  const wrong = watched(OFREPProvider, { headers: [['Authorization', 'Bearer fader_client_wrong']] })
  await Server.setProviderAndWait('wrong', wrong.provider)
  const details = await Server.getClient('wrong').getStringDetails('title', 'fallback', SWEDEN)
  assert.equal(details.value, 'fallback')
  assert.deepEqual(wrong.statuses, [401])
})

test('a token that is bound to pages is good on these', async () => {
  const bound = await server.grant('client', { origins: ['https://shop.example.com'] })
  await until(async () => (await bulk(bound)).status === 200)
  const here = await bulk(bound, { origin: 'https://shop.example.com' })
  assert.equal(here.headers.get('access-control-allow-origin'), 'https://shop.example.com')
  assert.equal((await bulk(bound, { origin: 'https://evil.example.com' })).status, 403)
})

test('a context in gzip is read over HTTP', async () => {
  const { body } = new Response(JSON.stringify({ context: SWEDEN }))
  const packed = await new Response(body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  const response = await fetch(`${server.url}/ofrep/v1/evaluate/flags/title`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: packed,
  })
  assert.equal((await response.json()).value, 'Hej')
})
