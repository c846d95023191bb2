import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFlagServer } from './flag-server.mjs'
import { openSite } from './site.mjs'
import { launch, openPage } from './stage.mjs'

const SNAPSHOT = '/v1/snapshot/client'
const STREAM = '/v1/stream'
const TABS = 5
/** From a publish to the last tab. */
const PATIENCE_MS = 8000
/** Tabs that are done with all they had to do. */
const QUIET_MS = 1500

let flags
let chromium
let key
let revision = 0
let site
let opened
let tabs
before(async () => {
  flags = await openFlagServer()
  chromium = await launch()
  key = await flags.grant('client')
  await publish()
})
after(async () => {
  await chromium?.close()
  await flags?.close()
})
beforeEach(async () => {
  site = await openSite(flags.url)
  opened = await openPage(chromium)
  tabs = []
})
afterEach(async () => {
  assert.deepEqual(opened.troubles, [])
  await opened.close()
  site.close()
})

/** Every revision gives its own number, and a flag that is on until it is killed. */
async function publish({ isKilled = false } = {}) {
  revision += 1
  const number = { type: 'number', reveal: 'rule', variants: { only: revision }, safe: 'only' }
  const on = { type: 'boolean', reveal: 'rule', variants: { yes: true, no: false }, safe: 'no', otherwise: 'yes' }
  await flags.publish({
    format: 1,
    environment: 'production',
    flags: { n: number, live: { ...number, stability: 'live' }, on: isKilled ? { ...on, state: 'killed' } : on },
  })
}

/** One more tab of the same browser. */
async function openTab(more = {}) {
  const page = await opened.page.context().newPage()
  page.on('pageerror', (error) => opened.troubles.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') opened.troubles.push(`console: ${message.text()}`)
  })
  await page.goto(site.origin)
  await page.evaluate((options) => test.start(options), { url: site.url, key, spreadMs: 0, ...more })
  tabs.push(page)
  return page
}

const openTabs = async (more) => {
  for (let count = 0; count < TABS; count += 1) await openTab(more)
  await sleep(QUIET_MS)
}

const settles = (page, wanted) =>
  page.waitForFunction((value) => test.look().live === value, wanted, { polling: 20, timeout: PATIENCE_MS })
const allSettle = () => Promise.all(tabs.map((page) => settles(page, revision)))

/** The page is hidden as far as its scripts can tell, or seen again. */
const see = (page, state) =>
  page.evaluate((to) => {
    Object.defineProperty(document, 'visibilityState', { value: to, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

const openStreams = () => site.asked.filter(({ path, isOpen }) => path === STREAM && isOpen).length
const downloads = () => site.asked.filter(({ path, status }) => path === SNAPSHOT && status === 200).length

test('one of five tabs listens for all of them, and what is published is downloaded once', async () => {
  await openTabs()
  assert.equal(openStreams(), 1)
  for (let time = 0; time < 3; time += 1) {
    const before = downloads()
    await publish()
    await allSettle()
    await sleep(300)
    assert.equal(downloads() - before, 1)
  }
  assert.equal(openStreams(), 1)
})

test('where the worker evaluates one tab listens for all of them, and each asks for its own answers', async () => {
  await openTabs({ mode: 'remote' })
  assert.equal(openStreams(), 1)
  await publish()
  await allSettle()
  assert.equal(openStreams(), 1)
  assert.equal(downloads(), 0)
})

test('one of five tabs polls for all of them', async () => {
  await openTabs({ stream: false, pollIntervalMs: 500 })
  const before = site.countOf(SNAPSHOT)
  await sleep(5000)
  const asked = site.countOf(SNAPSHOT) - before
  assert.ok(asked >= 6 && asked <= 14, `${asked} questions in ten intervals`)
  assert.equal(site.countOf(STREAM), 0)
  await publish()
  await allSettle()
})

test('what a page shows stays until it is loaded again, in every tab, and a kill passes to all at once', async () => {
  await openTabs()
  const first = revision
  const shown = () => Promise.all(tabs.map((page) => page.evaluate(() => [test.look().n, test.client.isOn('on')])))
  assert.deepEqual(await shown(), Array(TABS).fill([first, true]))
  await publish()
  await allSettle()
  assert.deepEqual(await shown(), Array(TABS).fill([first, true]))
  await publish({ isKilled: true })
  const killed = tabs.map((page) =>
    page.waitForFunction(() => test.client.isOn('on') === false, undefined, { polling: 20, timeout: PATIENCE_MS }),
  )
  await Promise.all(killed)
  assert.deepEqual(await shown(), Array(TABS).fill([first, false]))
})

/** Ways in which the tab that leads, the first, may go. */
const ways = {
  'is closed': async (page) => {
    await page.close()
    tabs.shift()
  },
  'is hidden': (page) => see(page, 'hidden'),
  crashes: async (page) => {
    const crashed = new Promise((resolve) => page.once('crash', resolve))
    void page.goto('chrome://crash').catch(() => undefined)
    await crashed
    tabs.shift()
  },
  'goes to another page': async (page) => {
    await page.goto('about:blank')
    tabs.shift()
  },
  // It hears nothing until it is thawed.
  'is frozen': async (page) => {
    await page.evaluate(() => document.dispatchEvent(new Event('freeze')))
    tabs.shift()
  },
}

for (const [name, leave] of Object.entries(ways)) {
  test(`when the tab that leads ${name}, another takes over`, async () => {
    await openTabs()
    const before = site.countOf(STREAM)
    await leave(tabs[0])
    await sleep(QUIET_MS)
    assert.deepEqual([openStreams(), site.countOf(STREAM) - before], [1, 1])
    const downloaded = downloads()
    await publish()
    await allSettle()
    await sleep(300)
    assert.equal(downloads() - downloaded, 1)
  })
}

test('while all tabs are hidden nobody asks, and the first that is seen catches up for all', async () => {
  await openTabs({ pollIntervalMs: 1000 })
  for (const page of tabs) await see(page, 'hidden')
  await sleep(QUIET_MS)
  const before = site.asked.length
  await publish()
  await sleep(3000)
  assert.deepEqual([site.asked.length - before, openStreams()], [0, 0])
  await see(tabs[2], 'visible')
  await allSettle()
  assert.equal(openStreams(), 1)
})

test('a new tab is told what the others have, and asks for no other snapshot', async () => {
  await openTab()
  await publish()
  await allSettle()
  await sleep(QUIET_MS)
  const before = downloads()
  const late = await openTab()
  await settles(late, revision)
  assert.equal(downloads() - before, 0)
})

test('without locks each tab goes for itself', async () => {
  await opened.page.context().addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
  await openTabs()
  assert.equal(openStreams(), TABS)
  await publish()
  await allSettle()
})

test('what only looks like the word of another tab changes nothing', async () => {
  await openTabs()
  const hostile = await opened.page.context().newPage()
  await hostile.goto(site.origin)
  await hostile.evaluate((name) => {
    const channel = new BroadcastChannel(name)
    const snapshot = new Uint8Array(500).fill(7)
    for (const revision of [0, 1, 2, 1e6, 2 ** 53 - 1, -1, Number.NaN])
      for (const more of [{}, { snapshot }, { snapshot, etag: '"x"' }, { snapshot: 'text' }, { etag: {} }])
        channel.postMessage({ revision, ...more })
    for (const data of [null, 'x', [], { hello: 1e9 }, { hello: -5 }]) channel.postMessage(data)
  }, `fader:${site.url}${SNAPSHOT}`)
  await sleep(QUIET_MS)
  for (const page of tabs) {
    const { status, n, live } = await page.evaluate(() => test.look())
    assert.deepEqual({ status, n, live }, { status: 'ready', n: revision, live: revision })
  }
  await publish()
  await allSettle()
})
