import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { become, go, openPage, openShop, openStage, putIntoBasket, status } from './stage.mjs'

/** What Chromium itself writes when a request gets no answer, or one that tells of a failure. */
const errors = [/^failed: /, /^console: Failed to load resource/, /^5\d\d /]
const SNAPSHOT = '**/v1/snapshot/client'

let stage
before(async () => {
  stage = await openStage()
})
after(() => stage?.close())

const revisionOf = (page) => page.locator('.status__revision').innerText()

async function hasSafeValues(page) {
  assert.match(await page.getByTestId('banner').innerText(), /Things that last/)
  await putIntoBasket(page, 'ryd-mug')
  assert.equal(await page.getByTestId('free-delivery').innerText(), 'Free delivery from €49')
  assert.equal(await page.getByTestId('related-posts').count(), 0)
  await go(page, '#/checkout')
  await page.getByTestId('checkout-old').waitFor()
}

test('without any answer the shop sells with its safe values', async () => {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  await page.route('**/v1/**', (route) => route.abort())
  await openShop(page, stage.url, { as: 'jonas', wait: false })
  await status(page, 'no answer')
  await hasSafeValues(page)
  await page.getByRole('button', { name: 'Why?' }).click()
  await page.getByText('Everything has its safe value.').waitFor()
  assert.deepEqual(troubles, [])
  await close()
})

test('without the engine the shop sells with its safe values', async () => {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  await page.route('**/*.wasm', (route) => route.abort())
  await openShop(page, stage.url, { as: 'jonas', wait: false })
  await status(page, 'no answer')
  await hasSafeValues(page)
  assert.deepEqual(troubles, [])
  await close()
})

test('a failed start is made good by the next question', async () => {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  await page.route(SNAPSHOT, (route) => route.fulfill({ status: 503, body: 'later' }), { times: 1 })
  await openShop(page, stage.url, { as: 'jonas', wait: false })
  await status(page, 'no answer')
  await status(page, 'live')
  assert.deepEqual(troubles, [])
  await close()
})

const garbage = {
  'a page with 200': () => ({ contentType: 'text/html', body: '<!doctype html><title>Sign in to the Wi-Fi</title>' }),
  'an empty answer': () => ({ body: '' }),
  'a snapshot cut in half': (good) => ({ body: good.subarray(0, good.length / 2) }),
  'a snapshot with one byte missing': (good) => ({ body: good.subarray(0, good.length - 1) }),
  'a snapshot of another format': (good) => ({ body: Buffer.concat([Buffer.from('NOPE'), good.subarray(4)]) }),
  noise: () => ({ body: Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 2654435761) >>> 24)) }),
}

suite('an answer that is no snapshot', { concurrency: 4 }, () => {
  for (const [name, make] of Object.entries(garbage)) {
    test(`${name} leaves the last good revision`, () => keepsTheLastGood(make))
    test(`${name} at the start leaves the safe values`, () => startsWithSafeValues(make))
  }
})

async function keepsTheLastGood(make) {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  const good = await snapshot()
  // While the stream is open nobody polls.
  await page.route('**/v1/stream', (route) => route.abort())
  await openShop(page, stage.url, { as: 'jonas' })
  const revision = await revisionOf(page)
  await page.route(SNAPSHOT, (route) => route.fulfill({ status: 200, headers: { etag: '"bad"' }, ...make(good) }))
  await status(page, 'stale')
  assert.equal(await revisionOf(page), revision)
  await putIntoBasket(page, 'ryd-mug')
  await page.getByTestId('related-posts').waitFor()
  await go(page, '#/checkout')
  await page.getByTestId('checkout-new').waitFor()
  await become(page, 'elin')
  await page.getByTestId('checkout-old').waitFor()
  // The name of a bad answer must not be kept for the next question, or a good one would never come.
  await page.unroute(SNAPSHOT)
  await status(page, 'live')
  assert.deepEqual(troubles, [])
  await close()
}

async function startsWithSafeValues(make) {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  const good = await snapshot()
  await page.route(SNAPSHOT, (route) => route.fulfill({ status: 200, ...make(good) }))
  await openShop(page, stage.url, { as: 'jonas', wait: false })
  await status(page, 'no answer')
  await hasSafeValues(page)
  assert.deepEqual(troubles, [])
  await close()
}

async function snapshot() {
  const headers = { authorization: `Bearer ${stage.pageKey}` }
  return Buffer.from(await (await fetch(`${stage.url}/v1/snapshot/client`, { headers })).arrayBuffer())
}

test('when the worker goes away the page works on, marked stale, and notices its return', async () => {
  const { page, troubles, close } = await openPage(stage.chromium, { errors })
  await openShop(page, stage.url, { as: 'elin' })
  const revision = await revisionOf(page)
  await stage.stopWorker()
  try {
    await status(page, 'stale')
    assert.equal(await revisionOf(page), revision)
    await putIntoBasket(page, 'ryd-mug')
    await go(page, '#/checkout')
    await page.getByTestId('checkout-old').waitFor()
    await become(page, 'jonas')
    await page.getByTestId('checkout-new').waitFor()

    await page.getByRole('button', { name: 'Why?' }).click()
    await page.getByTestId('stale').waitFor()
    const flag = page.locator('[data-flag="new-checkout"]')
    await flag.getByRole('button').click()
    await flag.getByText('There is no explanation now').waitFor()
  } finally {
    await stage.restartWorker()
  }
  await status(page, 'live')
  const flag = page.locator('[data-flag="new-checkout"]')
  await flag.getByRole('button').click()
  await flag.getByRole('button').click()
  await flag.locator('.why-step--decided').waitFor()
  assert.deepEqual(troubles, [])
  await close()
})
