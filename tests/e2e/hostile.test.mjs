import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFlagServer } from './flag-server.mjs'
import { openSite } from './site.mjs'
import { launch, openPage } from './stage.mjs'

/** What Chromium itself writes when a request gets no answer, or one that tells of a failure. */
const errors = [/^failed: /, /^console: (Failed to load resource|Connecting to .* violates)/, /^[45]\d\d /]
const SNAPSHOT = '/v1/snapshot/client'
const MONTH_MS = 30 * 86_400_000

let flags
let chromium
let good
const sites = []
before(async () => {
  flags = await openFlagServer()
  chromium = await launch()
  const key = await flags.grant('client')
  const bodies = []
  for (const n of [1, 2]) {
    await flags.publish(definition(n))
    const headers = { authorization: `Bearer ${key}` }
    bodies.push(Buffer.from(await (await fetch(flags.url + SNAPSHOT, { headers })).arrayBuffer()))
  }
  good = { key, old: bodies[0], now: bodies[1] }
})
after(async () => {
  await chromium?.close()
  for (const site of sites) site.close()
  await flags?.close()
})

const gives = (n, more) => ({ type: 'number', reveal: 'rule', variants: { only: n }, safe: 'only', ...more })
/** Every revision gives its own number. One flag keeps what was read, as flags do, and one says that it does not. */
const definition = (n) => ({
  format: 1,
  environment: 'production',
  flags: { n: gives(n), live: gives(n, { stability: 'live' }) },
})

/** A site of its own, so that what one test keeps is not found by another. */
async function openStart({ init, policy } = {}) {
  const site = await openSite(flags.url)
  sites.push(site)
  if (policy !== undefined) site.policy = policy
  const { page, troubles, close } = await openPage(chromium, { errors })
  if (init) await page.addInitScript(init.run, init.given)
  page.setDefaultTimeout(8000)
  await page.goto(site.origin)
  const options = { url: site.url, key: good.key, stream: false, pollIntervalMs: 600_000 }
  const start = (more) => page.evaluate((all) => test.start(all), { ...options, ...more })
  const refresh = () => page.evaluate(() => test.refresh())
  const end = async () => {
    await page.evaluate(() => test.askAll())
    assert.deepEqual(troubles, [])
    await close()
  }
  return { site, page, start, refresh, end }
}

/** No answers, and none could be had. */
const nothing = { status: 'error', revision: undefined, n: -1, live: -1 }
const html = { 'content-type': 'text/html' }
const login = '<!doctype html><title>Sign in to the Wi-Fi</title><form></form>'
const binary = { 'content-type': 'application/octet-stream', etag: '"bad"' }

/** What networks and servers give instead of a snapshot. */
const answers = {
  'a page of a captive portal': (response) => response.writeHead(200, html).end(login),
  'a way to a login page': (response) => response.writeHead(302, { location: '/login' }).end(),
  'a way to nowhere': (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'a way that goes in circles': (response) => response.writeHead(307, { location: `/flags${SNAPSHOT}` }).end(),
  'nothing, with 200': (response) => response.writeHead(200, binary).end(),
  'nothing, with 204': (response) => response.writeHead(204).end(),
  'a part, with 206': (response) => response.writeHead(206, binary).end(good.now.subarray(0, 40)),
  'half a snapshot': (response) => response.writeHead(200, binary).end(good.now.subarray(0, good.now.length / 2)),
  'a snapshot without its last byte': (response) => response.writeHead(200, binary).end(good.now.subarray(0, -1)),
  'a snapshot that breaks off': (response) => {
    response.writeHead(200, { ...binary, 'content-length': good.now.length }).write(good.now.subarray(0, 20))
    setTimeout(() => response.destroy(), 20)
  },
  'a snapshot with a byte that is another': (response) => {
    const other = Buffer.from(good.now)
    other[0] ^= 1
    response.writeHead(200, binary).end(other)
  },
  'what is said to be gzip and is not': (response) =>
    response.writeHead(200, { ...binary, 'content-encoding': 'gzip' }).end(good.now),
  JSON: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"flags":{}}'),
  'an error, with 500': (response) => response.writeHead(500).end('broken'),
  'a page with 502': (response) => response.writeHead(502, html).end(login),
  'a wish to be left alone, with 503': (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
  'too many questions, with 429': (response) => response.writeHead(429, { 'retry-after': 'soon' }).end(),
  'a refusal, with 401': (response) => response.writeHead(401).end('{}'),
  'a refusal, with 403': (response) => response.writeHead(403, html).end(login),
  'nothing there, with 404': (response) => response.writeHead(404, html).end(login),
  'a proxy that wants a password, with 407': (response) => response.writeHead(407).end(),
  'a closed connection': (response) => response.destroy(),
}

/** While it lasts, snapshots are answered so. */
function spoil(site, answer) {
  site.between = (path, _, response) => {
    if (path !== SNAPSHOT) return false
    answer(response)
    return true
  }
}

suite('in place of a snapshot', { concurrency: 3 }, () => {
  for (const [name, answer] of Object.entries(answers)) {
    test(`${name}: fallbacks where nothing is kept, and else the last good answers`, async () => {
      const { site, page, start, refresh, end } = await openStart()
      spoil(site, answer)
      assert.deepEqual(await start({ keepsNothing: true }), nothing)
      site.between = undefined
      assert.deepEqual(await refresh(), ['adopted', { status: 'ready', revision: 2, n: 2, live: 2 }])
      const last = { revision: 2, n: 2, live: 2 }
      assert.deepEqual(await start(), { status: 'ready', ...last })
      await kept(page)
      spoil(site, answer)
      assert.deepEqual(await refresh(), ['failed', { status: 'stale', ...last }])
      await page.reload()
      await start()
      await becomes(page, 'stale')
      assert.deepEqual(await page.evaluate(() => test.look()), { status: 'stale', ...last })
      site.between = undefined
      assert.deepEqual((await refresh())[1], { status: 'ready', ...last })
      await end()
    })
  }
})

/** Pages that are not in front are not painted, so that is nothing to wait by. */
const becomes = (page, status) =>
  page.waitForFunction((wanted) => test.client.status === wanted, status, { polling: 50 })

/** The page has put away what it got. */
const kept = (page) => page.evaluate(() => test.keep())

suite('what only looks like an answer', { concurrency: 3 }, () => {
  test('a 304 to a question without an ETag is no answer', async () => {
    const { site, start, refresh, end } = await openStart()
    spoil(site, (response) => response.writeHead(304).end())
    assert.deepEqual(await start(), nothing)
    site.between = undefined
    assert.deepEqual((await refresh())[0], 'adopted')
    await end()
  })

  test('a 304 without a body says that nothing is new', async () => {
    const { site, start, refresh, end } = await openStart()
    await start()
    spoil(site, (response) => response.writeHead(304).end())
    assert.deepEqual(await refresh(), ['unchanged', { status: 'ready', revision: 2, n: 2, live: 2 }])
    await end()
  })

  test('an older revision changes nothing', async () => {
    const { site, start, refresh, end } = await openStart()
    await start()
    spoil(site, (response) => response.writeHead(200, { ...binary, etag: '"old"' }).end(good.old))
    const [, after] = await refresh()
    assert.deepEqual([after.revision, after.n, after.live], [2, 2, 2])
    await end()
  })

  test('an answer that never comes is given up, and the last good ones go on', async () => {
    const { site, start, refresh, end } = await openStart()
    await start()
    spoil(site, () => {})
    assert.deepEqual(await refresh(), ['failed', { status: 'stale', revision: 2, n: 2, live: 2 }])
    site.between = undefined
    await end()
  })

  test('a slow answer is waited for', async () => {
    const { site, start, end } = await openStart()
    spoil(site, (response) => {
      response.writeHead(200, binary)
      for (const [at, byte] of [...good.now].entries()) setTimeout(() => response.write(Buffer.from([byte])), at * 4)
      setTimeout(() => response.end(), good.now.length * 4)
    })
    assert.deepEqual(await start(), { status: 'ready', revision: 2, n: 2, live: 2 })
    await end()
  })
})

suite('a device without network', { concurrency: 3 }, () => {
  test('gives fallbacks where nothing is kept, and real answers as soon as it has network', async () => {
    const { page, start, end } = await openStart()
    // The site's files are in the browser's cache, as they are after a first visit.
    await start({ keepsNothing: true })
    await sleep(500)
    await page.context().setOffline(true)
    assert.deepEqual(await start({ keepsNothing: true, spreadMs: 0 }), nothing)
    await sleep(500)
    await page.context().setOffline(false)
    await becomes(page, 'ready')
    assert.deepEqual(await page.evaluate(() => test.look()), { status: 'ready', revision: 2, n: 2, live: 2 })
    await end()
  })

  test('starts with what is kept, and says that it is offline', async () => {
    const { page, start, end } = await openStart()
    await start()
    await kept(page)
    await page.reload()
    await page.context().setOffline(true)
    await start()
    await becomes(page, 'offline')
    assert.deepEqual(await page.evaluate(() => test.look()), { status: 'offline', revision: 2, n: 2, live: 2 })
    await sleep(500)
    await page.context().setOffline(false)
    await becomes(page, 'ready')
    await end()
  })
})

/** What a page may find in place of its storage. Each runs in the page, before anything else. */
const storages = {
  'storage that throws when it is touched': {
    run: () => {
      const get = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }
      for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB'])
        Object.defineProperty(globalThis, name, { get })
    },
  },
  'no storage at all': {
    run: () => {
      for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB', 'BroadcastChannel'])
        Object.defineProperty(globalThis, name, { value: undefined })
      Object.defineProperty(navigator, 'locks', { value: undefined })
    },
  },
  'storage that is null': {
    run: () => {
      for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB'])
        Object.defineProperty(globalThis, name, { value: null })
    },
  },
  'storage without any room': {
    run: () => {
      const full = () => {
        throw new DOMException('exceeded the quota', 'QuotaExceededError')
      }
      Storage.prototype.setItem = full
      Cache.prototype.put = async () => full()
      Cache.prototype.add = async () => full()
    },
  },
  'storage that fails at every call': {
    run: () => {
      const fail = () => {
        throw new DOMException('I/O error', 'UnknownError')
      }
      for (const name of ['getItem', 'setItem', 'removeItem', 'key', 'clear']) Storage.prototype[name] = fail
      for (const name of ['open', 'match', 'keys', 'delete', 'has']) CacheStorage.prototype[name] = async () => fail()
    },
  },
  'a cache that never answers': {
    run: () => {
      CacheStorage.prototype.open = () => new Promise(() => {})
      CacheStorage.prototype.match = () => new Promise(() => {})
    },
  },
  'storage full of garbage': {
    run: () => {
      const garbage = [
        '{',
        'null',
        '[]',
        '"x"',
        '-1',
        '1e999',
        '{"format":99}',
        '\u0000',
        '{"answers":{"n":{"value":9}}}',
      ]
      let at = 0
      Storage.prototype.getItem = () => garbage[at++ % garbage.length]
      Cache.prototype.match = async () => new Response('<!doctype html>', { headers: { etag: '"x"' } })
    },
  },
  'locks that are refused': {
    run: () => {
      const refuse = () => Promise.reject(new DOMException('denied', 'SecurityError'))
      LockManager.prototype.request = refuse
    },
  },
  'neither beacons nor identifiers': {
    run: () => {
      Object.defineProperty(navigator, 'sendBeacon', { value: undefined })
      Object.defineProperty(crypto, 'randomUUID', { value: undefined })
      Object.defineProperty(globalThis, 'requestIdleCallback', { value: undefined })
      Object.defineProperty(globalThis, 'PerformanceObserver', { value: undefined })
    },
  },
  ...Object.fromEntries(
    [-14, -3, 3, 14].map((months) => [
      `a clock that is wrong by ${months} months`,
      {
        given: months * MONTH_MS,
        run: (offMs) => {
          const Real = Date
          globalThis.Date = class extends Real {
            constructor(...given) {
              super(...(given.length ? given : [Real.now() + offMs]))
            }
            static now = () => Real.now() + offMs
          }
        },
      },
    ]),
  ),
  'a clock that jumps with every look at it': {
    run: () => {
      const { now } = Date
      let looks = 0
      Date.now = () => now() + (looks++ % 2 ? 1 : -1) * 90 * 86_400_000
    },
  },
}

suite('a page with', { concurrency: 3 }, () => {
  for (const [name, init] of Object.entries(storages)) {
    test(`${name} answers rightly, at its first start and at the next`, async () => {
      const { site, page, start, refresh, end } = await openStart({ init })
      const right = { status: 'ready', revision: 2, n: 2, live: 2 }
      assert.deepEqual(await start(), right)
      await page.reload()
      await start()
      assert.deepEqual((await refresh())[1], right)
      spoil(site, answers['an error, with 500'])
      // The first may be one that was asked before.
      await refresh()
      assert.deepEqual(await refresh(), ['failed', { ...right, status: 'stale' }])
      await end()
    })
  }
})

test('in a frame that may keep nothing the answers are right', async () => {
  const { site, page, end } = await openStart({ policy: '' })
  await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.sandbox = 'allow-scripts'
    frame.src = '/?framed'
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve))
  })
  const frame = page.frames().find((each) => each.url().endsWith('?framed'))
  await frame.waitForFunction(() => globalThis.test, undefined, { polling: 50 })
  const options = { url: site.url, key: good.key, stream: false, pollIntervalMs: 600_000 }
  assert.deepEqual(await frame.evaluate((all) => test.start(all), options), {
    status: 'ready',
    revision: 2,
    n: 2,
    live: 2,
  })
  await frame.evaluate(() => test.askAll())
  await page.evaluate((all) => test.start(all), options)
  await end()
})

test('where the browser gives an origin no room, the answers are right', async () => {
  const { site, page, start, end } = await openStart()
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 0 })
  assert.deepEqual(await start(), { status: 'ready', revision: 2, n: 2, live: 2 })
  await page.reload()
  assert.deepEqual(await start(), { status: 'ready', revision: 2, n: 2, live: 2 })
  await end()
})
