import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openFlagServer } from './flag-server.mjs'
import { openSite, POLICY } from './site.mjs'
import { launch, openPage } from './stage.mjs'

const ANSWERS = '/ofrep/v1/evaluate/flags'
const SNAPSHOT = '/v1/snapshot/client'

let flags
let chromium
let key
before(async () => {
  flags = await openFlagServer()
  chromium = await launch()
  key = await flags.grant('client')
  const number = { type: 'number', variants: { only: 1 }, safe: 'only' }
  await flags.publish({
    format: 1,
    environment: 'production',
    flags: {
      n: { ...number, reveal: 'rule' },
      live: { ...number, reveal: 'rule', stability: 'live' },
      told: { ...number, reveal: 'value' },
    },
  })
})
after(async () => {
  await chromium?.close()
  await flags?.close()
})

const STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const TRUSTED = "; require-trusted-types-for 'script'; trusted-types 'none'"
/** Whether the engine may run, and what each policy says. */
const policies = {
  'no policy at all': { policy: '', isLocal: true },
  'a strict policy': { policy: `${STRICT}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'`, isLocal: true },
  'a strict policy with trusted types': { policy: POLICY + TRUSTED, isLocal: true },
  'a policy that forbids WebAssembly': { policy: "script-src 'self'", isLocal: false },
  'a strict policy that forbids WebAssembly, with trusted types': {
    policy: `${STRICT}; script-src 'self'; connect-src 'self'${TRUSTED}`,
    isLocal: false,
  },
}

async function openUnder(policy, options = {}) {
  const site = await openSite(flags.url)
  site.policy = policy
  // Chromium itself writes a line when a policy forbids WebAssembly, and so does whoever tries whether it does.
  const opened = await openPage(chromium, { errors: [/WebAssembly/, /wasm/] })
  await opened.page.goto(site.origin)
  const seen = await opened.page.evaluate((all) => test.start(all), { url: site.url, key, stream: false, ...options })
  const end = async () => {
    await opened.page.evaluate(() => test.askAll())
    assert.deepEqual(opened.troubles, [])
    await opened.close()
    site.close()
  }
  return { site, page: opened.page, seen, end }
}

for (const [name, { policy, isLocal }] of Object.entries(policies)) {
  test(`under ${name} the ${isLocal ? 'engine' : 'worker'} answers`, async () => {
    const { site, page, seen, end } = await openUnder(policy)
    assert.deepEqual(seen, { status: 'ready', revision: seen.revision, n: 1, live: 1 })
    assert.ok(seen.revision >= 1)
    assert.equal(site.countOf(SNAPSHOT) > 0, isLocal)
    assert.equal(site.countOf(ANSWERS) > 0, !isLocal)
    // A flag whose rules may not leave the worker is answered by it alone.
    assert.equal(await page.evaluate(() => test.client.value('told', -1)), isLocal ? -1 : 1)
    await end()
  })
}

test('where the engine and the worker answer together, each flag has its answer', async () => {
  const { site, page, seen, end } = await openUnder(POLICY + TRUSTED, { mode: 'both' })
  assert.deepEqual([seen.status, seen.n, seen.live], ['ready', 1, 1])
  assert.equal(await page.evaluate(() => test.client.value('told', -1)), 1)
  assert.deepEqual([site.countOf(SNAPSHOT), site.countOf(ANSWERS) > 0], [1, true])
  await end()
})

test('under a policy without any connection every read gives its fallback, and nothing is thrown', async () => {
  const site = await openSite(flags.url)
  site.policy = `${STRICT}; script-src 'self' 'wasm-unsafe-eval'`
  const opened = await openPage(chromium, { errors: [/Content Security Policy/, /^failed: /] })
  await opened.page.goto(site.origin)
  const seen = await opened.page.evaluate((all) => test.start(all), { url: site.url, key, stream: false })
  assert.deepEqual(seen, { status: 'error', revision: undefined, n: -1, live: -1 })
  await opened.page.evaluate(() => test.askAll())
  assert.deepEqual(opened.troubles, [])
  await opened.close()
  site.close()
})
