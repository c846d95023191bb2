import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { inRoot } from '../../../scripts/lib/paths.mjs'
import { EventLedger } from './event-ledger.mjs'

const html = readFileSync(new URL('event-page.html', import.meta.url), 'utf8')
const mime = { '.js': 'text/javascript', '.html': 'text/html' }
const roots = { dist: inRoot('js', 'dist'), 'web-vitals': inRoot('node_modules', 'web-vitals', 'dist') }

/** Serves the pages, with the package as it is built. */
export async function servePages() {
  const answer = ({ url }, response) => {
    const [, root, path] = /^\/(dist|web-vitals)\/([\w./-]+)(?:\?.*)?$/.exec(url) ?? []
    if (root === undefined) return response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    const file = join(roots[root], path)
    if (path.includes('..') || !existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': mime[extname(path)] ?? 'text/plain' }).end(readFileSync(file))
  }
  return await listening(answer)
}

/**
 * An events route on another origin than the pages. It stores in memory or, where there is a worker, hands everything on
 * to it. It can be down, and says how it was asked.
 */
export async function serveEvents({ worker, key = 'fader_client_x' } = {}) {
  const route = { ledger: new EventLedger(), methods: [], largest: 0, isDown: false }
  const server = await listening((request, response) => {
    route.methods.push(request.method)
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      if (route.isDown) return response.destroy()
      const body = Buffer.concat(chunks)
      route.largest = Math.max(route.largest, body.length)
      const answer = worker ? handOn(worker, request, body) : Response.json(route.ledger.take(body.toString()))
      const { status, headers, text } = await told(await answer)
      response.writeHead(status, { ...headers, 'access-control-allow-origin': '*' }).end(text)
    })
  })
  return Object.assign(route, { address: `${server.origin}/v1/events?key=${key}`, close: server.close })
}

/** As it came, and from where. */
function handOn(worker, { url, method, headers }, body) {
  const { origin, 'content-type': type } = headers
  return fetch(`${worker}${url}`, { method, body, headers: { 'content-type': type, ...(origin && { origin }) } })
}

async function told(answer) {
  const after = answer.headers.get('retry-after')
  const headers = { 'content-type': 'application/json', ...(after && { 'retry-after': after }) }
  return { status: answer.status, headers, text: await answer.text() }
}

async function listening(answer) {
  const server = createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin: `http://127.0.0.1:${server.address().port}`, close }
}

/** The same numbers from the same seed. */
export function dice(seed) {
  let state = seed >>> 0
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** The ways in which pages live and end. Each takes a browser context, and says how many events its pages made. */
export const ways = {
  'goes to another page': async ({ open, count }) => {
    const page = await open(count)
    await page.goto('about:blank')
    await page.close()
    return count
  },
  'is closed': async ({ open, count }) => {
    const page = await open(count)
    await page.close()
    return count
  },
  'is reloaded at once': async ({ open, count }) => {
    const page = await open(count)
    await page.reload()
    await page.evaluate(() => globalThis.recorded)
    await page.close()
    return 2 * count
  },
  'has no network': async ({ context, open, count }) => {
    const page = await open(0)
    await context.setOffline(true)
    await page.evaluate((more) => globalThis.happen(more), count)
    await page.close({ runBeforeUnload: false })
    await context.setOffline(false)
    return count
  },
  'loses its network and has it again': async ({ context, open, count }) => {
    const page = await open(0)
    await context.setOffline(true)
    await page.evaluate((more) => globalThis.happen(more), count)
    await page.evaluate(() => globalThis.recorder.flush())
    await context.setOffline(false)
    await page.close()
    return count
  },
  'has a full storage': async ({ open, count }) => {
    const page = await open(count, 'storage=full')
    await page.close()
    return count
  },
  'has no storage': async ({ open, count }) => {
    const page = await open(count, 'storage=none')
    await page.goto('about:blank')
    await page.close()
    return count
  },
  'is one of five': async ({ open, count }) => {
    const pages = await Promise.all([0, 1, 2, 3, 4].map(() => open(count)))
    await Promise.all(pages.map((page) => page.close()))
    return 5 * count
  },
  'is hidden and killed': async ({ open, count }) => {
    const page = await open(count)
    await page.evaluate(() => globalThis.hide())
    await kill(page)
    return count
  },
  'crashes a second after it happened': async ({ open, count }) => {
    const page = await open(count)
    // By then it is kept, or delivered already.
    await page.waitForTimeout(1100)
    await kill(page)
    return count
  },
  'has more than a beacon takes': async ({ open }) => {
    const page = await open(900)
    await page.close()
    return 900
  },
  'finds the worker down': async ({ route, open, count }) => {
    route.isDown = true
    const page = await open(count)
    await page.evaluate(() => globalThis.recorder.flush())
    await page.close()
    route.isDown = false
    return count
  },
}

/** Ends the process of a page, which runs nothing of it any more. */
async function kill(page) {
  const crashed = new Promise((resolve) => page.on('crash', resolve))
  const session = await page.context().newCDPSession(page)
  session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}

/**
 * Lets so many lives pass in one browser, each in its way, and after each round of them one that stays until it has
 * delivered what they left. Gives how many events were made in each way.
 */
export async function liveThrough(chromium, { route, pages, lives, seed }) {
  const roll = dice(seed)
  const context = await chromium.newContext()
  const query = `address=${encodeURIComponent(route.address)}`
  const open = async (count, more = '') => {
    const page = await context.newPage()
    await page.goto(`${pages.origin}/?${query}&count=${count}&${more}`)
    await page.evaluate(() => globalThis.recorded)
    return page
  }
  const made = {}
  const names = Object.keys(ways)
  for (let life = 0; life < lives; life += 1) {
    const way = names[life % names.length]
    const count = 1 + roll(80)
    made[way] = (made[way] ?? 0) + (await ways[way]({ context, route, open, count }))
    if (life % names.length === names.length - 1 || life === lives - 1) await deliver(open)
  }
  await context.close()
  return made
}

/** A visitor who stays. Most of the others leave sooner than their browser could have delivered anything. */
async function deliver(open) {
  const page = await open(0)
  await page.waitForFunction(() => !globalThis.isKept(), undefined, { polling: 50 })
  await page.close()
}

/** What became of all events, as the worker says it. */
export async function accountOf({ url, token }) {
  const response = await fetch(`${url}/v1/admin/events`, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`the account was answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

/** How many of the events that were made are accounted for, and which share of those that there was room for arrived. */
export function shares(made, { stored, rejected = {}, dropped }) {
  const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0)
  const generated = sum(made)
  const residue = generated - stored - sum(rejected) - sum(dropped)
  return { generated, residue, delivered: stored / (generated - (dropped.overflow ?? 0)) }
}
