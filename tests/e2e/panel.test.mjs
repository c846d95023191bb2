import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { build } from 'esbuild'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { launch, openPage } from './stage.mjs'

/** Nothing inline, and no markup from text. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"

const script = `
  import { openPanel } from 'fader/panel'
  import { createTestClient } from 'fader/testing'
  const { flags, environment, panel } = JSON.parse(document.getElementById('given').textContent)
  const client = createTestClient({ flags, environment, revision: 12 })
  const steps = [
    { step: 'state', decided: false, because: 'it is on', tests: [] },
    { step: 'rule', rule: 'nordic', decided: true, because: 'its condition holds', tests: [
      { asked: 'country is one of "SE", "NO"', held: true, because: 'it is "SE"' } ] },
  ]
  client.explain = async (flag) => ({ ...client.outcome(flag), ...(flag === 'checkout' && { variant: 'new' }), steps })
  globalThis.client = client
  const opener = document.getElementById('open')
  opener.addEventListener('click', () => { globalThis.panel = openPanel(client, panel) })
`

const flags = {
  checkout: { value: false, variant: 'old', reason: 'SPLIT', rule: 'public', arm: 'control' },
  banner: {
    value: { title: 'Välkommen <b>', tone: 'calm' },
    variant: 'welcome',
    reason: 'TARGETING_MATCH',
    rule: 'nordic',
  },
  limit: { value: 5, variant: 'five', reason: 'STATIC', stability: 'session' },
  seen: { value: 'x', variant: 'x', reason: 'TARGETING_MATCH', rule: 'preview', arm: 'outside' },
}

let chromium
let server
let opened
before(async () => {
  const stdin = { contents: script, resolveDir: inRoot('tests'), sourcefile: 'page.js' }
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false })
  server = await serve(outputFiles[0].text)
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  server?.close()
})
beforeEach(async () => {
  opened = await openPage(chromium, { viewport: { width: 900, height: 700 } })
})
afterEach(() => opened.close())

const given = {
  flags,
  environment: 'staging',
  panel: { overrides: 'any', variants: { checkout: { old: false, new: true } } },
}
let current = given

async function serve(code) {
  const made = createServer(({ url }, response) => {
    if (url === '/page.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(code)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
    response.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A page</title><h1>A page</h1>` +
        `<button id="open">Flags</button><script type="application/json" id="given">${JSON.stringify(current)}</script>` +
        '<script type="module" src="/page.js"></script>',
    )
  })
  await new Promise((resolve) => made.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${made.address().port}/`, close: () => made.close() }
}

/** Opens the page and, with the keyboard, the panel. */
async function openPanel(more = {}, path = '') {
  current = { ...given, ...more }
  const { page } = opened
  await page.goto(server.url + path)
  await page.getByRole('button', { name: 'Flags' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  return page
}

const row = (page, flag) => page.locator(`[data-flag="${flag}"]`)
const kept = (page) =>
  page.evaluate(() => {
    const text = sessionStorage.getItem('fader:preview')
    return text?.startsWith('any.')
      ? JSON.parse(
          new TextDecoder().decode(
            Uint8Array.from(atob(text.slice(4).replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
          ),
        )
      : text
  })

/** Runs in the page: how much each text stands out from what it stands on. */
function contrasts(host) {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const light = (color) => {
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) =>
      c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (at) => {
    const { backgroundColor } = getComputedStyle(at)
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? groundOf(at.parentElement) : backgroundColor
  }
  const texts = [...host.shadowRoot.querySelectorAll('h2, p, b, span, code, button, li, label')].filter((at) =>
    at.checkVisibility(),
  )
  return texts.map((at) => {
    const [a, b] = [light(getComputedStyle(at).color), light(groundOf(at))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  })
}

test('it says of every flag what it gives, why, and for how long', async () => {
  const page = await openPanel()
  assert.deepEqual(
    await page.locator('[data-flag]').evaluateAll((all) => all.map((one) => one.innerText.replace('\n\n', '\n'))),
    [
      'banner\nwelcome\nTARGETING_MATCH · rule nordic · kept for the page',
      'checkout\nold\nSPLIT · rule public · control · kept for the page',
      'limit\nfive\nSTATIC · kept for the session',
      'seen\nx\nfrom a preview',
    ],
  )
  assert.equal(await page.getByRole('status').innerText(), 'staging, revision 12, ready')
  assert.deepEqual(opened.troubles, [])
})

test('it is worked by keyboard, and gives the focus back', async () => {
  const page = await openPanel()
  await page.keyboard.type('LIM')
  assert.deepEqual(await page.locator('[data-flag]:visible').count(), 1)
  await page.keyboard.press('Tab')
  const focused = page.getByRole('button', { name: 'limit', expanded: false })
  assert.ok(await focused.evaluate((one) => one.getRootNode().activeElement === one))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'limit', expanded: true }).waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.equal(await page.evaluate(() => document.activeElement.id), 'open')
  assert.deepEqual(opened.troubles, [])
})

test('it explains one flag, and says where its value is held', async () => {
  const page = await openPanel()
  await page.getByRole('button', { name: 'checkout' }).click()
  await row(page, 'checkout').getByText('held: the rules give new now').waitFor()
  assert.match(
    await row(page, 'checkout').locator('.decided').innerText(),
    /rule nordic: its condition holds\s+.*country is one of "SE", "NO": it is "SE"/,
  )
  await page.getByRole('button', { name: 'banner' }).click()
  await row(page, 'banner').locator('.steps').waitFor()
  assert.equal(await row(page, 'banner').getByText('held:').count(), 0)
  assert.equal(await row(page, 'banner').locator('code').innerText(), JSON.stringify(flags.banner.value))
  assert.deepEqual(opened.troubles, [])
})

test('it follows the client, and loses neither what is open nor the focus', async () => {
  const page = await openPanel()
  await page.getByRole('button', { name: 'limit' }).click()
  await page.evaluate(() => globalThis.client.set('limit', { value: 6, variant: 'six' }))
  await row(page, 'limit').locator('code', { hasText: '6' }).waitFor()
  await page.evaluate(() => globalThis.client.set('added', true))
  await row(page, 'added').waitFor()
  await page.evaluate(() => globalThis.client.remove('banner'))
  assert.deepEqual(await page.locator('[data-flag]').evaluateAll((all) => all.map((one) => one.dataset.flag)), [
    'added',
    'checkout',
    'limit',
    'seen',
  ])
  assert.ok(
    await page
      .getByRole('button', { name: 'limit', expanded: true })
      .evaluate((one) => one.getRootNode().activeElement === one),
  )
  await page.evaluate(() => globalThis.client.setStatus('error'))
  await page.getByRole('status').filter({ hasText: 'no answers: error' }).waitFor()
  assert.equal(await page.locator('[data-flag]').count(), 0)
  assert.deepEqual(opened.troubles, [])
})

test('another answer is chosen by name or by value, and the page is loaded with it', async () => {
  const page = await openPanel({}, '?fader-preview=a.b.c&x=1')
  await page.getByRole('button', { name: 'checkout' }).click()
  await page.getByLabel('Variant').selectOption('new')
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Show me this' }).click()])
  assert.match(page.url(), /\/\?x=1$/)
  const first = await kept(page)
  assert.deepEqual(first.answers, { checkout: { variant: 'new', value: true } })
  assert.equal(first.environment, 'staging')
  assert.equal(first.document, 'preview')
  assert.ok(first.expires > Date.now())

  await page.getByRole('button', { name: 'Flags' }).click()
  await page.getByRole('button', { name: 'banner' }).click()
  const form = row(page, 'banner')
  await form.getByLabel('Value').fill('{"title": ')
  await form.getByRole('button', { name: 'Show me this' }).click()
  await form.getByRole('alert').filter({ hasText: 'no JSON' }).waitFor()
  await form.getByLabel('Value').fill('{"title": "Hej"}')
  await Promise.all([page.waitForEvent('load'), form.getByRole('button', { name: 'Show me this' }).click()])
  assert.deepEqual((await kept(page)).answers, {
    checkout: { variant: 'new', value: true },
    banner: { variant: 'chosen', value: { title: 'Hej' } },
  })

  await page.getByRole('button', { name: 'Flags' }).click()
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Leave the preview' }).click()])
  assert.equal(await kept(page), null)
  assert.deepEqual(opened.troubles, [])
})

for (const [where, more] of [
  ['in production', { environment: 'production' }],
  ['where only signed previews hold', { panel: {} }],
]) {
  test(`nothing can be chosen ${where}`, async () => {
    const page = await openPanel(more)
    await page.getByRole('button', { name: 'checkout' }).click()
    await row(page, 'checkout').locator('.steps').waitFor()
    assert.equal(await page.locator('form').count(), 0)
    assert.deepEqual(opened.troubles, [])
  })
}

for (const [name, options] of [
  ['light', {}],
  ['dark, on a phone', { colorScheme: 'dark', viewport: { width: 360, height: 640 }, hasTouch: true }],
]) {
  test(`it is whole and readable: ${name}`, async () => {
    await opened.close()
    opened = await openPage(chromium, options)
    const page = await openPanel()
    await page.getByRole('button', { name: 'checkout' }).click()
    await row(page, 'checkout').locator('.steps').waitFor()
    const box = await page.locator('fader-panel').boundingBox()
    const { width, height } = page.viewportSize()
    assert.ok(
      box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
      JSON.stringify(box),
    )
    const ratios = await page.locator('fader-panel').evaluate(contrasts)
    if (process.env.FADER_PICTURES)
      await page.screenshot({ path: `${process.env.FADER_PICTURES}/panel-${name.split(',')[0]}.png` })
    assert.ok(Math.min(...ratios) >= 4.5, ratios.join())
    assert.deepEqual(opened.troubles, [])
  })
}
