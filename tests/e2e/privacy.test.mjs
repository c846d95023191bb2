import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStage } from './stage.mjs'

/** Each of these is somewhere in what the worker is sent, and may be nowhere in what it prints or measures. */
const canaries = ['canary-unit', 'canary@example.com', '203.0.113.77', 'canary-query', 'canary-path', 'canary-token']

let stage
before(async () => {
  // Nobody listens there, so that there is something to print.
  stage = await openStage({ browser: false, variables: { OTLP_ENDPOINT: 'http://127.0.0.1:1', OTLP_RATIO: '1' } })
})
after(() => stage?.close())

test('the real worker prints nothing of persons and tokens, whatever it is sent', async () => {
  const context = { userId: 'canary-unit', email: 'canary@example.com', ip: '203.0.113.77' }
  const headers = {
    authorization: `Bearer ${stage.pageKey}`,
    'x-forwarded-for': '203.0.113.77',
    cookie: 'a=canary-token',
  }
  const evaluations = '/ofrep/v1/evaluate/flags'
  const send = (path, { token, body, method = 'POST' } = {}) =>
    fetch(`${stage.url}${path}`, {
      method,
      headers: token === undefined ? headers : { authorization: `Bearer ${token}` },
      body,
    }).then((response) => response.arrayBuffer())
  await send(`${evaluations}?unit=canary-query`, { body: JSON.stringify({ context }) })
  await send(`${evaluations}/canary-path`, { body: JSON.stringify({ context }) })
  await send(evaluations, { body: '{"context": canary-unit' })
  await send('/v1/snapshot/client?key=canary-query', { method: 'GET', token: 'canary-token' })
  await send('/canary-path?canary-query', { method: 'GET' })
  await send('/v1/admin/definition', { method: 'PUT', token: stage.token, body: '{"canary-unit"' })
  const metrics = await fetch(`${stage.url}/metrics`, { headers: { authorization: `Bearer ${stage.token}` } })
  assert.equal(metrics.status, 200)
  await printed('events cannot be sent')
  const all = stage.said() + (await metrics.text())
  for (const canary of [...canaries, stage.token, stage.pageKey]) assert.ok(!all.includes(canary), canary)
})

async function printed(words) {
  for (let tries = 0; tries < 50 && !stage.said().includes(words); tries++) await sleep(100)
  assert.ok(stage.said().includes(words), stage.said())
}
