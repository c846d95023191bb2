import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient as createLocal, loadEngine } from 'fader'
import { createClient as createRemote } from 'fader/remote'
import { visitors } from '../../examples/visitors.mjs'
import { BothFeed } from '../../js/dist/both-feed.js'
import { FlagClient } from '../../js/dist/client.js'
import { LocalFeed } from '../../js/dist/local-feed.js'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { openFlagServer } from './flag-server.mjs'

const storefront = JSON.parse(readFileSync(inRoot('examples', 'storefront.json'), 'utf8'))
const PATHS = {
  '/x7/a': '/v1/snapshot/client',
  '/x7/b': '/v1/stream',
  '/x7/c': '/ofrep/v1/evaluate/flags',
}
const paths = { snapshot: 'x7/a', stream: 'x7/b', answers: 'x7/c' }
const VISITORS = 150
const TOLD_WITHIN_MS = 15_000

let server
let options
const clients = []
const errors = []
before(async () => {
  server = await openFlagServer({ variables: { PATHS: JSON.stringify(PATHS) } })
  const key = await server.grant('client')
  await server.publish(storefront)
  const onError = (error) => errors.push(error)
  options = { url: server.url, key, pollIntervalMs: 60_000, spreadMs: 0, onError }
})
after(async () => {
  for (const client of clients) client.close()
  await server?.close()
})

const createBoth = (given) =>
  new FlagClient(given, (beginning) => new BothFeed(beginning, new LocalFeed(beginning, loadEngine)))

async function open(create, more = {}) {
  const client = create({ ...options, ...more })
  clients.push(client)
  await client.ready()
  assert.equal(client.status, 'ready', String(errors))
  return client
}

async function until(holds) {
  const end = Date.now() + TOLD_WITHIN_MS
  while (!holds() && Date.now() < end) await wait(50)
  assert.ok(holds())
}

test('local, remote and both give the same outcomes for many visitors', async () => {
  const [local, remote, both] = await Promise.all([createLocal, createRemote, createBoth].map((create) => open(create)))
  const answered = Object.entries(storefront.flags).filter(([, { reveal }]) => reveal === 'value')
  assert.ok(answered.length >= 4)
  for (const { $sticky: _, ...context } of visitors({ seed: 5, count: VISITORS })) {
    await Promise.all([local, remote, both].map((client) => client.identify(context)))
    const own = local.all()
    assert.ok(own.length > 40)
    for (const outcome of own) {
      assert.deepEqual(remote.outcome(outcome.flag), outcome, JSON.stringify(context))
      assert.deepEqual(both.outcome(outcome.flag), outcome, JSON.stringify(context))
    }
    for (const [flag] of answered) {
      assert.equal(local.outcome(flag).errorCode, 'FLAG_NOT_FOUND')
      assert.equal(remote.outcome(flag).errorCode, undefined, flag)
      assert.deepEqual(both.outcome(flag), remote.outcome(flag))
    }
    assert.equal(remote.all().length, own.length + answered.length)
    assert.equal(both.all().length, remote.all().length)
    for (const client of [remote, both]) assert.equal(client.outcome('price-audit').errorCode, 'FLAG_NOT_FOUND')
  }
  assert.deepEqual([remote.revision, both.revision], [local.revision, local.revision])
  assert.deepEqual([remote.environment, both.environment], [local.environment, local.environment])
  assert.equal(remote.outcome('related-posts').stability, 'live')
  assert.equal(remote.outcome('order-service').stability, 'session')
  assert.deepEqual(errors, [])
})

test('a kill comes by the stream to all of them, by paths of the site as well', async () => {
  const context = { userId: 'u-1', country: 'SE' }
  const each = [createLocal, createRemote, createBoth].flatMap((create) => [
    open(create, { context }),
    open(create, { context, paths }),
  ])
  const opened = await Promise.all(each)
  const before = opened.map(({ revision }) => revision)
  // The streams are opened behind the first answers.
  await wait(1000)
  const killed = structuredClone(storefront)
  killed.flags['related-posts'].state = 'killed'
  killed.flags['loyalty-points'].state = 'on'
  await server.publish(killed)
  await until(() => opened.every(({ revision }, at) => revision > before[at]))
  for (const client of opened) assert.equal(client.outcome('related-posts').reason, 'DISABLED')
  for (const client of opened.slice(2)) assert.notEqual(client.outcome('loyalty-points').reason, 'DISABLED')
  assert.deepEqual(errors, [])
})

test('a token that is not known is refused, and nothing is answered', async () => {
  const client = createRemote({ ...options, key: `fader_client_${'x'.repeat(43)}`, pollIntervalMs: 0 })
  clients.push(client)
  await client.ready()
  assert.equal(client.status, 'error')
  assert.equal(client.outcome('related-posts').errorCode, 'PROVIDER_NOT_READY')
  assert.match(String(errors.splice(0)), /answered 401; give createClient a `key`/)
})
