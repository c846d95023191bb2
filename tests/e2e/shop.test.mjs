import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { products } from '../../www/shop/src/catalogue/products.ts'
import { contextIn, engineOf, visitors } from './expected.mjs'
import { become, go, openPage, openShop, openStage, putIntoBasket, shiftOf, status, storefront } from './stage.mjs'

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

test('the shop paints every product, and nothing goes wrong', async () => {
  const { page, troubles } = opened
  await openShop(page, stage.url)
  const names = await page.locator('.card__name').allInnerTexts()
  assert.deepEqual(names.toSorted(), products.map(({ name }) => name).toSorted())
  for (const picture of await page.locator('main img').all()) {
    await picture.scrollIntoViewIfNeeded()
    await page.waitForFunction((image) => image.complete && image.naturalWidth > 0, await picture.elementHandle())
  }
  assert.deepEqual(troubles, [])
})

test('its policy allows nothing that it did not bring', async () => {
  const { page, troubles } = opened
  const hosts = new Set()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  const response = await page.goto(`${stage.url}/shop/`)
  const policy = response.headers()['content-security-policy']
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; /)
  await status(page, 'live')
  assert.deepEqual([...hosts], [new URL(stage.url).host])
  assert.deepEqual(troubles, [])
})

for (const at of ['#/', '#/product/vinter-wool-throw', '#/search/lamp']) {
  test(`before the first snapshot ${at} has its safe values, and then nothing moves`, async () => {
    const { page, troubles } = opened
    const release = Promise.withResolvers()
    await page.route('**/v1/snapshot/client', async (route) => {
      await release.promise
      await route.continue()
    })
    await openShop(page, stage.url, { at, as: 'elin', wait: false })
    await status(page, 'starting')
    await page.locator('h1').waitFor()
    assert.match(await page.getByTestId('banner').innerText(), /Things that last/)
    assert.equal(await page.getByTestId('stars').count(), 0)
    release.resolve()
    await status(page, 'live')
    await page.getByTestId('stars').first().waitFor()
    assert.doesNotMatch(await page.getByTestId('banner').innerText(), /Things that last/)
    // Its own words are all that move in the banner. One line of text more above a price would be five times as much.
    const shift = await shiftOf(page)
    assert.ok(shift < 0.001, `the page moved by ${shift}`)
    assert.deepEqual(troubles, [])
  })
}

test('the panel names every flag that clients may evaluate, and no other leaves the worker', async () => {
  const { page, troubles } = opened
  const snapshot = page.waitForResponse((response) => response.url().endsWith('/v1/snapshot/client') && response.ok())
  await openShop(page, stage.url)
  const bytes = (await (await snapshot).body()).toString('latin1')
  const flags = Object.entries(JSON.parse(storefront).flags)
  const revealed = flags.filter(([, { reveal }]) => reveal === 'rule').map(([key]) => key)
  const hidden = flags.filter(([, { reveal }]) => reveal !== 'rule').map(([key]) => key)
  assert.ok(revealed.length >= 20 && hidden.length >= 3)

  await page.getByRole('button', { name: 'Why?' }).click()
  const named = await page.locator('[data-flag]').evaluateAll((found) => found.map((flag) => flag.dataset.flag))
  assert.deepEqual(named.toSorted(), revealed.toSorted())
  assert.deepEqual(
    hidden.filter((key) => bytes.includes(key)),
    [],
  )
  assert.deepEqual(troubles, [])
})

test('for every visitor the panel says what the definition says', async () => {
  const { page, troubles } = opened
  const engine = await engineOf()
  await openShop(page, stage.url)
  await page.getByRole('button', { name: 'Why?' }).click()
  for (const { id } of visitors) {
    await become(page, id)
    const shown = await page.locator('[data-flag]').evaluateAll((found) =>
      found.map((flag) => {
        const [variant, value] = ['variant', 'value'].map(
          (part) => flag.querySelector(`.why-flag__${part}`).textContent,
        )
        return { flag: flag.dataset.flag, variant, value: JSON.parse(value) }
      }),
    )
    const expected = engine.evaluateAll(contextIn(id)).map(({ flag, variant, value }) => ({ flag, variant, value }))
    const byKey = (a, b) => (a.flag < b.flag ? -1 : 1)
    assert.deepEqual(shown.toSorted(byKey), expected.toSorted(byKey), id)
  }
  engine.free()
  assert.deepEqual(troubles, [])
})

test('a flag that is opened tells how it was decided', async () => {
  const { page, troubles } = opened
  await openShop(page, stage.url, { as: 'lucja' })
  await page.getByRole('button', { name: 'Why?' }).click()
  const flag = page.locator('[data-flag="search-ranking"]')
  await flag.getByRole('button').click()
  const decided = flag.locator('.why-step--decided')
  await decided.waitFor()
  assert.match(await decided.innerText(), /Rule “beta”/)
  assert.match(await decided.innerText(), /track is one of/)
  assert.match(await flag.innerText(), /Rule “staff”\s+went on/)

  await become(page, 'jonas')
  await flag.locator('.why-step--decided', { hasText: 'Rule “staff”' }).waitFor()
  assert.deepEqual(troubles, [])
})

/** Who meets a step that decides, by the engine in Node. */
async function meets(engine, kind) {
  for (const { id } of visitors) {
    for (const flag of engine.flags) {
      const { steps } = await engine.explain(flag, contextIn(id))
      const step = steps.find((step) => step.step === kind)
      if (step?.decided) return { id, flag, because: step.because }
    }
  }
  throw new Error(`no visitor meets a step of the kind ${kind}`)
}

for (const [kind, title] of [
  ['state', 'State'],
  ['override', 'Overrides'],
  ['requirement', 'Requirements'],
  ['holdout', 'Holdout'],
  ['sticky', 'Earlier assignment'],
  ['rule', 'Rule'],
  ['otherwise', 'Otherwise'],
]) {
  test(`a step of the kind ${kind} is told, where it decides`, async () => {
    const { page, troubles } = opened
    const engine = await engineOf()
    const { id, flag: key, because } = await meets(engine, kind)
    engine.free()
    await openShop(page, stage.url, { as: id })
    await page.getByRole('button', { name: 'Why?' }).click()
    const flag = page.locator(`[data-flag="${key}"]`)
    await flag.getByRole('button').click()
    const decided = flag.locator('.why-step--decided')
    await decided.waitFor()
    const told = await decided.innerText()
    assert.ok(told.startsWith(title), told)
    // Names stand between grave accents, and are set as code.
    assert.ok(told.includes(because.replaceAll('`', '')), told)
    assert.deepEqual(troubles, [])
  })
}

test('the panel says where a visitor stands in a ramp', async () => {
  const { page, troubles } = opened
  const engine = await engineOf()
  const arms = { treated: /has drawn/, control: /has not drawn/, outside: /did not draw/ }
  await openShop(page, stage.url)
  await page.getByRole('button', { name: 'Why?' }).click()
  const met = new Set()
  for (const { id } of visitors) {
    await become(page, id)
    const { arm } = engine.evaluate('search-service', contextIn(id))
    met.add(arm)
    assert.match(await page.locator('[data-flag="search-service"] .why-flag__reason').innerText(), arms[arm], id)
  }
  engine.free()
  assert.equal(met.size, 3)
  assert.deepEqual(troubles, [])
})

test('each visitor gets the checkout that the definition says, and nothing is reloaded', async () => {
  const { page, troubles } = opened
  const engine = await engineOf()
  await openShop(page, stage.url)
  await page.evaluate(() => {
    globalThis.sameDocument = true
  })
  await putIntoBasket(page, 'ryd-mug')
  await go(page, '#/checkout')
  const seen = new Set()
  for (const { id } of visitors) {
    await become(page, id)
    const { value } = engine.evaluate('new-checkout', contextIn(id, [{ id: 'ryd-mug', quantity: 1 }]))
    seen.add(value)
    assert.equal(await page.getByTestId('checkout-new').count(), value ? 1 : 0, id)
    assert.equal(await page.getByTestId('checkout-old').count(), value ? 0 : 1, id)
  }
  engine.free()
  assert.deepEqual([...seen].toSorted(), [false, true])
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true)
  assert.deepEqual(troubles, [])
})

test('both checkouts come to an end', async () => {
  const { page, troubles } = opened
  await openShop(page, stage.url, { as: 'jonas' })
  await putIntoBasket(page, 'ryd-mug')
  await go(page, '#/checkout')
  await page.getByRole('button', { name: 'Pay €' }).click()
  await page.getByTestId('thanks').waitFor()

  await become(page, 'elin')
  await putIntoBasket(page, 'ryd-mug')
  await go(page, '#/checkout')
  for (const step of ['delivery', 'payment', 'review']) {
    await page.getByRole('button', { name: `Continue to ${step}` }).click()
  }
  await page.getByRole('button', { name: 'Place the order' }).click()
  await page.getByTestId('thanks').waitFor()
  assert.deepEqual(troubles, [])
})

test('the flag decides how a search is ordered', async () => {
  const { page, troubles } = opened
  const engine = await engineOf()
  await openShop(page, stage.url, { at: '#/search/lamp' })
  const orders = {}
  for (const { id } of visitors) {
    await become(page, id)
    const ranking = await page.getByTestId('results').getAttribute('data-ranking')
    assert.equal(ranking, engine.evaluate('search-ranking', contextIn(id)).value, id)
    orders[ranking] = (await page.locator('.card__name').allInnerTexts()).join(', ')
  }
  engine.free()
  assert.deepEqual(Object.keys(orders).toSorted(), ['existing', 'v1', 'v2'])
  assert.equal(new Set(Object.values(orders)).size, 3, JSON.stringify(orders))
  assert.deepEqual(troubles, [])
})

test('what a flag says is shown as text', async () => {
  const { page, troubles } = opened
  const hostile = JSON.parse(storefront)
  const evil = '<img src=x onerror="globalThis.hit = 1"><script>globalThis.hit = 1</script>'
  hostile.flags['storefront-banner'].variants.welcome = { title: evil, text: evil, tone: '"><b>' }
  hostile.flags['delivery-promise'].variants.usual = { text: evil }
  hostile.flags['payment-methods'].variants.everywhere = { methods: [evil, 'constructor', '__proto__'] }
  await stage.admin.publish(JSON.stringify(hostile))
  try {
    await openShop(page, stage.url, { at: '#/search/constructor', as: 'lucja' })
    assert.ok((await page.getByTestId('banner').innerText()).includes(evil))
    await putIntoBasket(page, 'ryd-mug')
    await go(page, '#/checkout')
    for (const step of ['delivery', 'payment']) await page.getByRole('button', { name: `Continue to ${step}` }).click()
    assert.ok((await page.getByTestId('checkout-old').innerText()).includes(evil))
    await page.getByRole('button', { name: 'Why?' }).click()
    await page.locator('[data-flag="storefront-banner"]').getByRole('button').click()
    await page.locator('.why-step--decided').waitFor()
    assert.equal(await page.locator('img[src="x"]').count(), 0)
    assert.equal(await page.evaluate(() => globalThis.hit), undefined)
    assert.deepEqual(troubles, [])
  } finally {
    await stage.admin.publish(storefront)
  }
})

test('a value of another shape than the page expects leaves the safe one', async () => {
  const { page, troubles } = opened
  const odd = JSON.parse(storefront)
  for (const variant of Object.keys(odd.flags['storefront-banner'].variants)) {
    odd.flags['storefront-banner'].variants[variant] = { headline: 7 }
  }
  for (const variant of Object.keys(odd.flags['payment-methods'].variants)) {
    odd.flags['payment-methods'].variants[variant] = { methods: 'card' }
  }
  await stage.admin.publish(JSON.stringify(odd))
  try {
    await openShop(page, stage.url, { as: 'jonas' })
    assert.match(await page.getByTestId('banner').innerText(), /Things that last, sent from Malmö/)
    await putIntoBasket(page, 'ryd-mug')
    await go(page, '#/checkout')
    assert.equal(await page.getByRole('radio', { name: 'PayPal' }).count(), 1)
    assert.deepEqual(troubles, [])
  } finally {
    await stage.admin.publish(storefront)
  }
})

for (const [name, options] of [
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ['a narrow window', { viewport: { width: 320, height: 640 } }],
  ['a wide one, dark', { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' }],
]) {
  test(`nothing is cut off on ${name}`, async () => {
    const { page, troubles, close } = await openPage(stage.chromium, options)
    try {
      await openShop(page, stage.url)
      await putIntoBasket(page, 'hven-table-lamp')
      for (const hash of ['#/', '#/product/hven-table-lamp', '#/search/lamp', '#/basket', '#/checkout', '#/journal']) {
        await go(page, hash)
        const [content, view] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ])
        assert.ok(content <= view, `${hash} is ${content} px wide in a window of ${view}`)
      }
      assert.deepEqual(troubles, [])
    } finally {
      await close()
    }
  })
}
