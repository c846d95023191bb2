import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { become, openPage, openStage, status, storefront } from './stage.mjs'

let stage
let opened
before(async () => {
  stage = await openStage()
})
after(() => stage?.close())
beforeEach(async () => {
  opened = await openPage(stage.chromium, { errors: [/^console: Failed to load resource/, /^401 /, /^failed: /] })
})
afterEach(() => opened.close())

const BLOCK = /(<script [^>]*id="fader-bootstrap"[^>]*>)(.*?)(<\/script>)/s
const banner = { title: 'Good morning', text: 'First painted', tone: 'warm' }
const answers = {
  'storefront-banner': { value: banner, variant: 'x', reason: 'STATIC' },
  'free-delivery-from': { value: 33, variant: 'x', reason: 'STATIC' },
  'related-posts': { value: null, variant: null, reason: 'ERROR' },
}

/** Serves the shop with another block in it than the worker put there, or with none. */
async function serveWith(page, change) {
  await page.route('**/shop/', async (route) => {
    const response = await route.fetch()
    const html = await response.text()
    assert.match(html, BLOCK)
    await route.fulfill({
      response,
      body: html.replace(BLOCK, (_, open, json, close) => change({ open, json, close })),
    })
  })
}

const bootstrapWith = (more) => (found) =>
  `${found.open}${JSON.stringify({ ...JSON.parse(found.json), ...more }).replaceAll('<', '\\u003c')}${found.close}`

test('the worker puts the key of the pages into the page, as data', async () => {
  const html = await (await fetch(`${stage.url}/shop/`)).text()
  const bootstrap = JSON.parse(BLOCK.exec(html)[2])
  assert.equal(bootstrap.key, stage.pageKey)
  assert.equal(bootstrap.environment, 'production')
  assert.ok(!html.includes(stage.token))
})

test('the first paint has the answers that came with the page, and they stay as long as it does', async () => {
  const { page, troubles } = opened
  const release = Promise.withResolvers()
  await page.route('**/v1/snapshot/client*', async (route) => {
    await release.promise
    await route.continue()
  })
  await serveWith(page, bootstrapWith({ answers, context: { country: 'SE' } }))
  await page.goto(`${stage.url}/shop/`)
  await status(page, 'live')
  assert.match(await page.getByTestId('visitor').innerText(), /Yourself/)
  assert.match(await page.getByTestId('banner').innerText(), /First painted/)
  assert.match(await page.locator('footer').innerText(), /€33/)
  // They are answers for whoever looks at the page, and for nobody else.
  await become(page, 'elin')
  assert.doesNotMatch(await page.getByTestId('banner').innerText(), /First painted/)
  await become(page, 'you')
  assert.match(await page.getByTestId('banner').innerText(), /First painted/)
  const usual = JSON.parse(storefront)
  usual.flags['storefront-banner'].stability = 'page'
  const { revision } = await stage.admin.publish(JSON.stringify(usual))
  release.resolve()
  await status(page, `revision ${revision}`)
  assert.match(await page.getByTestId('banner').innerText(), /First painted/, 'nothing changes under the eyes')
  await page.getByRole('button', { name: 'Why?' }).click()
  assert.equal(await page.locator('[data-flag="storefront-banner"] .why-flag__variant').innerText(), 'x')

  const killed = structuredClone(usual)
  killed.flags['storefront-banner'].state = 'killed'
  await stage.admin.publish(JSON.stringify(killed))
  await page.getByTestId('banner').filter({ hasNotText: 'First painted' }).waitFor()
  await stage.admin.publish(storefront)
  assert.deepEqual(troubles, [])
})

test('a page without a key says what is wrong, and sells with its safe values', async () => {
  const { page } = opened
  await serveWith(page, bootstrapWith({ key: undefined, answers: {} }))
  await page.goto(`${stage.url}/shop/`)
  await status(page, 'no key')
  await page.getByRole('button', { name: 'Why?' }).click()
  await page.getByTestId('keyless').getByText('came without a client key').waitFor()
  assert.match(await page.getByTestId('banner').innerText(), /Things that last/)
})

for (const [name, block] of [
  ['none', () => ''],
  ['what is no JSON', ({ open, close }) => `${open}{"key": ${close}`],
  ['a list', ({ open, close }) => `${open}[1]${close}`],
  ['answers that are none', bootstrapWith({ answers: { a: 1, b: null, c: [] }, context: 'x', key: 5 })],
]) {
  test(`a page with ${name} in place of its block still sells`, async () => {
    const { page, troubles } = opened
    await serveWith(page, block)
    await page.goto(`${stage.url}/shop/`)
    await status(page, 'no key')
    assert.match(await page.getByTestId('banner').innerText(), /Things that last/)
    assert.deepEqual(
      troubles.filter((text) => text.startsWith('exception')),
      [],
    )
  })
}
