import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chromium as engine } from 'playwright-core'
import { browser as tools } from '../../scripts/lib/browser.mjs'
import { accountOf, liveThrough, serveEvents, servePages, shares, ways } from './parts/event-lives.mjs'
import { launch, openStage } from './stage.mjs'

let chromium
let pages
before(async () => {
  chromium = await launch()
  pages = await servePages()
})
after(async () => {
  await chromium?.close()
  pages?.close()
})

/** A route of its own for each test. */
async function routeOf(t) {
  const route = await serveEvents()
  t.after(() => route.close())
  return route
}

/** Opens a page in a browser context of its own, which fails the test where anything is thrown in it. */
async function pageOf(t, route, { browser = chromium, query = 'count=0' } = {}) {
  const context = await browser.newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', ({ message }) => page.errors.push(message))
  page.errors = []
  await page.goto(`${pages.origin}/?address=${encodeURIComponent(route.address)}&${query}`)
  await page.evaluate(() => globalThis.recorded)
  return page
}

async function soon(check) {
  const end = performance.now() + 10_000
  for (;;) {
    try {
      return check()
    } catch (cause) {
      if (performance.now() > end) throw cause
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const metrics = ({ ledger }) => ledger.events.flatMap(({ metric }) => metric ?? [])
const names = (route) => metrics(route).map(({ name }) => name)

test('whatever way pages end, every event is accounted for', async (t) => {
  const stage = await openStage({ browser: false })
  t.after(() => stage.close())
  const route = await serveEvents({ worker: stage.url, key: stage.pageKey })
  t.after(() => route.close())
  const made = await liveThrough(chromium, { route, pages, lives: 2 * Object.keys(ways).length, seed: 1 })
  const account = await accountOf(stage)
  const { generated, residue, delivered } = shares(made, account)
  t.diagnostic(`${generated} events: ${JSON.stringify(account)}`)
  t.diagnostic(`delivered ${(100 * delivered).toFixed(2)} %, residue ${residue}`)
  assert.equal(residue, 0)
  assert.equal(account.missing, 0)
  assert.deepEqual(account.rejected, {})
  assert.ok(delivered >= 0.99)
  assert.ok(route.largest > 30_000 && route.largest <= 60_000)
  assert.deepEqual([...new Set(route.methods)], ['POST'], 'a browser asked for permission first')
})

test('a page that its visitor comes back to is given back as it was, and goes on', async (t) => {
  const route = await routeOf(t)
  const { CHROMIUM } = tools()
  const args = ['--no-sandbox', '--enable-features=BackForwardCache']
  const kept = ['--disable-back-forward-cache']
  const browser = await engine.launch({ executablePath: CHROMIUM, args, ignoreDefaultArgs: kept })
  t.after(() => browser.close())
  const page = await pageOf(t, route, { browser, query: 'count=3' })
  await page.goto(`${pages.origin}/?address=${encodeURIComponent(route.address)}&count=2`)
  await page.evaluate(() => globalThis.recorded)
  // A page that was kept is not loaded again, so there is nothing more to wait for.
  await page.goBack({ waitUntil: 'commit' })
  await page.waitForFunction(() => globalThis.cameBack === true, undefined, { polling: 50 })
  await page.evaluate(() => globalThis.happen(4))
  await page.evaluate(() => globalThis.recorder.flush())
  await soon(() => assert.equal(route.ledger.account().stored, 9))
  assert.equal(route.ledger.account().missing, 0)
  assert.equal(route.ledger.conflicts, 0)
  assert.deepEqual(page.errors, [])
})

test('errors, rejections and timings of a page are recorded by themselves', async (t) => {
  const route = await routeOf(t)
  const page = await pageOf(t, route, { query: 'count=0&health' })
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = "setTimeout(() => { throw new Error('of anna@example.com') })"
    document.head.append(script)
    void Promise.reject(new Error('of berta@example.com'))
    document.body.append(Object.assign(new Image(), { src: '/dist/missing.png' }))
    document.querySelector('button').addEventListener('click', () => {
      const end = performance.now() + 120
      while (performance.now() < end);
    })
  })
  await page.click('button')
  // What a reaction took is looked at when the browser has nothing else to do, or a second later.
  await page.waitForTimeout(1500)
  await page.goto('about:blank')
  await soon(() => assert.ok(names(route).includes('fader.interaction'), `${names(route)}`))
  const counts = Object.fromEntries(metrics(route).map(({ name, value, count }) => [name, value ?? count ?? 1]))
  assert.deepEqual(Object.keys(counts).sort(), [
    'fader.error',
    'fader.interaction',
    'fader.load',
    'fader.rejection',
    'fader.response',
  ])
  assert.equal(counts['fader.error'], 1)
  assert.equal(counts['fader.rejection'], 1)
  assert.ok(counts['fader.interaction'] >= 100)
  assert.ok(!JSON.stringify(route.ledger.events).includes('@example.com'))
})

test('a page tells that it lives, after ten seconds', async (t) => {
  const route = await routeOf(t)
  const page = await pageOf(t, route, { query: 'count=0&health' })
  await page.waitForTimeout(8000)
  await page.evaluate(() => globalThis.recorder.flush())
  assert.ok(!names(route).includes('fader.heartbeat'))
  await page.waitForTimeout(2500)
  await page.evaluate(() => globalThis.recorder.flush())
  assert.equal(names(route).filter((name) => name === 'fader.heartbeat').length, 1)
})
