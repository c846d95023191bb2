import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { go, openPage, openShop, openStage, putIntoBasket, status, storefront } from './stage.mjs'

/** As in the shop's main.tsx, with the jitter of the client, and a moment to load and to paint. */
const POLLED_WITHIN_MS = 2000 * 1.1 + 800

let stage
let opened
before(async () => {
  stage = await openStage()
})
after(() => stage?.close())
beforeEach(async () => {
  opened = await openPage(stage.chromium)
})
afterEach(() => opened.close())

for (const [stability, comesBack] of [
  ['live', true],
  ['page', false],
]) {
  test(`a ${stability} flag that is killed is gone at once, and comes back ${comesBack ? 'at once' : 'with the next page'}`, async () => {
    const { page, troubles } = opened
    const usual = JSON.parse(storefront)
    usual.flags['related-posts'].stability = stability
    await stage.admin.publish(JSON.stringify(usual))
    await openShop(page, stage.url, { at: '#/product/ryd-mug', as: 'jonas' })
    const posts = page.getByTestId('related-posts')
    await posts.waitFor()
    await page.evaluate(() => {
      globalThis.sameDocument = true
    })
    const killed = structuredClone(usual)
    killed.flags['related-posts'].state = 'killed'
    await stage.admin.publish(JSON.stringify(killed))
    await posts.waitFor({ state: 'detached', timeout: POLLED_WITHIN_MS })

    const { revision } = await stage.admin.publish(JSON.stringify(usual))
    if (comesBack) await posts.waitFor({ timeout: POLLED_WITHIN_MS })
    await status(page, `revision ${revision}`)
    assert.equal(await posts.count(), comesBack ? 1 : 0, 'nothing else comes and goes under the eyes')
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true)
    // The next page begins with what the last one remembered.
    const isKept = (revision) => Object.values(localStorage).some((kept) => kept.includes(`"revision":${revision},`))
    await page.waitForFunction(isKept, revision)
    await page.reload()
    await posts.waitFor()
    assert.deepEqual(troubles, [])
    await stage.admin.publish(storefront)
  })
}

test('what was met is recorded where it was shown, and a purchase is counted', async () => {
  const { page, troubles } = opened
  const events = []
  page.on('request', (request) => {
    if (request.url().includes('/v1/events')) events.push(...JSON.parse(request.postData()).events)
  })
  const sent = async (wanted) => {
    for (let tries = 0; !events.some(wanted); tries++) {
      assert.ok(tries < 200, JSON.stringify(events))
      await page.waitForTimeout(100)
    }
  }
  const met = (flag) => events.some(({ exposure }) => exposure?.flag === flag)
  await openShop(page, stage.url, { as: 'jonas' })
  await sent(({ exposure }) => exposure?.flag === 'storefront-banner')
  assert.ok(met('reviews-service'))
  assert.deepEqual(['new-checkout', 'payment-methods', 'related-posts', 'search-ranking'].filter(met), [])

  await putIntoBasket(page, 'ryd-mug')
  await go(page, '#/checkout')
  await page.getByRole('button', { name: 'Pay €' }).click()
  await sent(({ metric }) => metric?.name === 'purchase')
  assert.ok(met('new-checkout') && met('payment-methods') && met('related-posts'))
  assert.equal(met('search-ranking'), false)
  assert.deepEqual(
    events.filter(({ metric }) => metric?.name === 'revenue').map(({ metric }) => metric.value > 0),
    [true],
  )
  assert.deepEqual(troubles, [])
})

test('a checkout that breaks says sorry, and the shop goes on', async () => {
  const { page, troubles } = opened
  await openShop(page, stage.url, { as: 'elin' })
  await putIntoBasket(page, 'ryd-mug')
  await page.evaluate(() => {
    const get = Map.prototype.get
    Map.prototype.get = function (key) {
      if (key === 'card') throw new Error('broken')
      return get.call(this, key)
    }
  })
  await go(page, '#/checkout')
  for (const step of ['delivery', 'payment']) await page.getByRole('button', { name: `Continue to ${step}` }).click()
  await page.getByTestId('sorry').waitFor()
  assert.match(await page.getByRole('link', { name: /^Basket/ }).innerText(), /1/)
  assert.ok(
    troubles.every((text) => text.includes('broken')),
    troubles.join(),
  )
})
