import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { adminOf, freshKeys, secretsOf } from '../../scripts/lib/admin.mjs'
import { browser as tools } from '../../scripts/lib/browser.mjs'
import { freePort, startWorker } from '../../scripts/lib/dev-worker.mjs'
import { environment } from '../../scripts/lib/environment.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'

/** The text of the definition that the shop is made for. */
export const storefront = readFileSync(inRoot('examples', 'storefront.json'), 'utf8')

export function launch() {
  const { CHROMIUM } = tools()
  if (CHROMIUM === undefined) throw new Error('There is no Chromium. `npm run setup -- --for-tests` installs it.')
  const quiet = ['--disable-background-networking', '--disable-component-update']
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...quiet] })
}

/**
 * Starts the real worker with a store and an admin token of its own, publishes the storefront, and opens Chromium.
 */
export async function openStage({ browser = true, variables = {} } = {}) {
  if (!existsSync(inRoot('www', 'dist', 'shop', 'index.html'))) throw new Error('Build the pages first: npm run build')
  const state = mkdtempSync(join(tmpdir(), 'fader-e2e-'))
  const keys = freshKeys()
  // Test files run in processes of their own, which must not try the same ports at the same moment. From 32768 on
  // the system takes ports for the other end of connections.
  const port = await freePort(20_000 + (process.pid % 12_000))
  const start = () => startWorker({ env: environment(), port, state, secrets: { ...secretsOf(keys), ...variables } })
  let worker = await start()
  const { grantPages, publish: publishFor } = adminOf(worker.url, keys)
  const publish = (definition) => publishFor(definition, 'for the tests')
  await grantPages()
  await publish(storefront)
  const chromium = browser ? await launch() : undefined
  return {
    url: worker.url,
    token: keys.adminToken,
    pageKey: keys.pageKey,
    keys,
    state,
    admin: { publish },
    chromium,
    /** What the worker has printed. */
    said: () => worker.said(),
    stopWorker: () => worker.stop(),
    restartWorker: async () => {
      worker = await start()
    },
    async close() {
      await chromium?.close()
      await worker.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

/**
 * Opens a page in a context of its own, and writes down everything that goes wrong in it.
 * A 304 counts as an answer, though Chromium reports that its body was not read.
 */
export async function openPage(chromium, { errors: allowed = [], ...options } = {}) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const troubles = []
  const note = (text) => {
    if (!allowed.some((pattern) => pattern.test(text))) troubles.push(text)
  }
  page.on('pageerror', (error) => note(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()} ${response.url()}`)
  })
  page.on('requestfailed', async (request) => {
    const response = await request.response().catch(() => null)
    if (response === null) note(`failed: ${request.url()}`)
  })
  await page.addInitScript(watchShifts)
  return { page, troubles, close: () => context.close() }
}

/** Runs in the page: sums how much of the visible page was moved without anybody asking for it. */
function watchShifts() {
  globalThis.shift = 0
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) globalThis.shift += value
  }).observe({ type: 'layout-shift', buffered: true })
}

export const shiftOf = (page) => page.evaluate(() => globalThis.shift)

/** Opens the shop at a page of it, as a visitor, and waits until it has its first snapshot. */
export async function openShop(page, url, { at = '#/', as = 'guest', wait = true } = {}) {
  await page.addInitScript((visitor) => {
    if (visitor && sessionStorage.getItem('visitor') === null)
      sessionStorage.setItem('visitor', JSON.stringify(visitor))
  }, as)
  await page.goto(`${url}/shop/${at}`)
  if (wait) await status(page, 'live')
}

/** Clients that failed come back spread over a minute. */
const PATIENCE_MS = 75_000

export const status = (page, text) =>
  page.getByTestId('status').filter({ hasText: text }).waitFor({ timeout: PATIENCE_MS })

/** Goes to another page of the shop without loading anything. */
export async function go(page, hash) {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
}

export async function become(page, visitor) {
  await page.getByTestId('visitor').click()
  await page.locator(`[data-visitor="${visitor}"]`).click()
}

export async function putIntoBasket(page, id) {
  await go(page, `#/product/${id}`)
  await page.getByRole('button', { name: 'Add to basket' }).click()
}
