import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { bootstrapScript } from 'fader'
import { renderToString } from 'react-dom/server'
import { serve } from '../../examples/react-ssr/server.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { launch, openPage, openStage } from './stage.mjs'

const bootstrap = {
  environment: 'test',
  revision: 3,
  context: { userId: 'u-1' },
  answers: {
    title: { value: 'painted', variant: 'a', reason: 'SPLIT' },
    layout: { value: { columns: 4 }, variant: 'wide', reason: 'STATIC' },
    late: { value: true, variant: 'on', reason: 'STATIC' },
  },
}
const answered = { title: { value: 'painted', variant: 'a' }, layout: { value: { columns: 4 }, variant: 'wide' } }

let chromium
let server
let opened
before(async () => {
  chromium = await launch()
  server = await serveFixture()
})
after(async () => {
  await chromium?.close()
  server?.close()
})
beforeEach(async () => {
  opened = await openPage(chromium)
})
afterEach(() => opened.close())

/** Serves the components as React's development build has them, which warns of whatever it does not like. */
async function serveFixture() {
  const folder = mkdtempSync(inRoot('tests', 'e2e', 'react', 'dist-'))
  const common = { entryPoints: [inRoot('tests/e2e/react/page.jsx')], bundle: true, format: 'esm', jsx: 'automatic' }
  const define = { 'process.env.NODE_ENV': '"development"' }
  const { outputFiles } = await build({ ...common, define, write: false, outdir: folder, jsxDev: true })
  await build({ ...common, packages: 'external', platform: 'node', outfile: join(folder, 'page.mjs') })
  const { hydrated } = await import(pathToFileURL(join(folder, 'page.mjs')))
  rmSync(folder, { recursive: true })
  const html = (given) =>
    `<!doctype html><link rel="icon" href="data:,"><title>React</title>${given ? bootstrapScript(given) : ''}` +
    `<div id="root">${renderToString(hydrated(given ?? false))}</div><script type="module" src="/page.js"></script>`
  const pages = {
    '/': ['text/html; charset=utf-8', () => html(bootstrap)],
    '/without': ['text/html; charset=utf-8', () => html()],
    '/empty': [
      'text/html',
      () =>
        '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/page.js"></script>',
    ],
    '/page.js': ['text/javascript', () => outputFiles[0].text],
  }
  const made = createServer(({ url }, response) => {
    const [type, body] = pages[url] ?? []
    if (!type) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': type }).end(body())
  })
  await new Promise((resolve) => made.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${made.address().port}`, close: () => made.close() }
}

async function open(path) {
  const { page } = opened
  await page.goto(server.url + path)
  await page.waitForFunction(() => globalThis.stage !== undefined)
  return page
}

/** Makes a client in the page, and does something with it there. */
const inPage = (page, options, work, more) =>
  page.evaluate(
    async ([options, work, more]) => {
      globalThis.client ??= globalThis.stage.createTestClient(options)
      return await new Function('stage', 'client', 'more', `return (${work})(stage, client, more)`)(
        globalThis.stage,
        globalThis.client,
        more,
      )
    },
    [options, String(work), more],
  )

const settled = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))))
const paintedIn = (page) => page.evaluate(() => globalThis.stage.painted.splice(0))
const shown = (page) =>
  page.evaluate(() =>
    Object.fromEntries([...document.querySelectorAll('[data-what]')].map((at) => [at.dataset.what, at.textContent])),
  )
const exposed = (page) =>
  page.evaluate(() => globalThis.client.exposed.map(({ flag, variant }) => `${flag}=${variant}`))

/** StrictMode runs effects twice at first, so that something painted once may stand there twice. */
const once = (list) => list.filter((one, at) => list.indexOf(one) === at)

test('the server renders the answers that it has', async () => {
  const html = await (await fetch(server.url)).text()
  assert.match(html, /<p data-what="title">painted<\/p><p data-what="columns">4<\/p><p data-what="variant">a<\/p>/)
  assert.match(html, /<p data-what="reason">ERROR<\/p><p data-what="status">ready<\/p>/)
})

test('hydration agrees with the server, and paints nothing else', async () => {
  const page = await open('/')
  await inPage(page, { flags: answered }, (stage, client) => void stage.hydrate(undefined, client))
  await settled(page)
  assert.deepEqual(once(await paintedIn(page)), [
    'title=painted',
    'columns=4',
    'variant=a',
    'reason=ERROR',
    'status=ready',
  ])
  assert.deepEqual(await exposed(page), ['title=a', 'layout=wide'])
  assert.deepEqual(opened.troubles, [])
})

test('a client that has newer answers by then shows them after hydration, without a warning', async () => {
  const page = await open('/')
  const newer = { flags: { ...answered, title: { value: 'newer', variant: 'b' } }, revision: 4, status: 'stale' }
  await inPage(page, newer, (stage, client) => void stage.hydrate(undefined, client))
  await settled(page)
  const all = once(await paintedIn(page))
  assert.ok(all.indexOf('title=painted') < all.indexOf('title=newer'), all.join())
  assert.deepEqual(await shown(page), { title: 'newer', columns: '4', variant: 'b', reason: 'ERROR', status: 'stale' })
  assert.deepEqual(await exposed(page), ['title=b', 'layout=wide'], 'what is exposed is what the client stands on')
  assert.deepEqual(opened.troubles, [])
})

test('a client that has nothing yet takes nothing away that the server painted', async () => {
  const page = await open('/')
  await inPage(page, { flags: answered, status: 'starting' }, (stage, client) => void stage.hydrate(undefined, client))
  await settled(page)
  assert.equal((await shown(page)).title, 'painted')
  assert.deepEqual(await exposed(page), [])
  await inPage(page, {}, (_, client) => client.setStatus('ready'))
  await settled(page)
  assert.deepEqual(
    once(await paintedIn(page)).filter((one) => one.startsWith('title')),
    ['title=painted'],
  )
  assert.deepEqual(await exposed(page), ['title=a', 'layout=wide'])
  assert.deepEqual(opened.troubles, [])
})

test('what the server painted is for nobody else', async () => {
  const page = await open('/')
  await inPage(page, { status: 'starting' }, (stage, client) => void stage.hydrate(undefined, client))
  await inPage(page, {}, (_, client) => client.identify({ userId: 'u-2' }))
  await settled(page)
  assert.equal((await shown(page)).title, 'fallback')
  assert.deepEqual(opened.troubles, [])
})

test('all that the server painted is read at once, so that what is hydrated later is kept as well', async () => {
  const page = await open('/')
  const asked = await inPage(page, { flags: answered }, (stage, client) => {
    const outcome = client.outcome.bind(client)
    globalThis.asked = []
    client.outcome = (flag) => {
      globalThis.asked.push(flag)
      return outcome(flag)
    }
    stage.hydrate(undefined, client)
    return globalThis.asked
  })
  assert.deepEqual(asked, [])
  await settled(page)
  assert.ok(await page.evaluate(() => globalThis.asked.includes('late')))
  assert.deepEqual(await exposed(page), ['title=a', 'layout=wide'])
  assert.deepEqual(opened.troubles, [])
})

test('a server that had nothing renders the fallbacks, and the page hydrates with them', async () => {
  const page = await open('/without')
  await inPage(page, { flags: answered }, (stage, client) => void stage.hydrate(false, client))
  await settled(page)
  const all = once(await paintedIn(page))
  assert.ok(all.indexOf('title=fallback') < all.indexOf('title=painted'), all.join())
  assert.deepEqual(opened.troubles, [])
})

test('a component paints again when its answer changes, and only then', async () => {
  const page = await open('/empty')
  await inPage(page, { flags: answered }, (stage, client) => void stage.render('App', client))
  await settled(page)
  await paintedIn(page)
  await inPage(page, {}, (_, client) => client.set('title', { value: 'live', variant: 'c' }))
  await settled(page)
  assert.deepEqual(await paintedIn(page), ['title=live', 'variant=c'])
  await inPage(page, {}, (_, client) => client.kill('title', { value: 'safe', variant: 'a' }))
  await settled(page)
  assert.deepEqual(await paintedIn(page), ['title=safe', 'variant=a'])
  assert.deepEqual(await exposed(page), ['title=a', 'layout=wide', 'title=c', 'title=a'])
  assert.deepEqual(opened.troubles, [])
})

test('what was rendered and never shown is not exposed', async () => {
  const page = await open('/empty')
  await inPage(page, { flags: { ...answered, unseen: true } }, (stage, client) => void stage.render('Unseen', client))
  await settled(page)
  assert.equal((await shown(page)).title, 'painted')
  assert.deepEqual(await exposed(page), ['title=a'])
  assert.deepEqual(opened.troubles, [])
})

test('no two components ever show different answers, also when one comes in the middle of rendering', async () => {
  const page = await open('/empty')
  await inPage(page, { flags: answered }, (stage, client) => void stage.render('Many', client))
  await page.evaluate(() => {
    const seen = new Set()
    globalThis.mixed = seen
    new MutationObserver(() => {
      const texts = [...document.querySelectorAll('[data-at], [data-what="title"]')].map((at) => at.textContent)
      seen.add([...new Set(texts)].join('|'))
    }).observe(document.getElementById('root'), { childList: true, subtree: true, characterData: true })
  })
  await page.getByRole('button').click()
  await page.locator('[data-at="59"]').waitFor()
  await page.waitForFunction(() => document.querySelector('[data-at="59"]').textContent === 'changed')
  const mixed = await page.evaluate(() => [...globalThis.mixed])
  assert.deepEqual(
    mixed.filter((texts) => texts.includes('|')),
    [],
  )
  assert.ok(mixed.includes('changed'), mixed.join())
  assert.deepEqual(opened.troubles, [])
})

const served = {
  format: 1,
  flags: {
    title: {
      type: 'string',
      reveal: 'rule',
      variants: { plain: 'Hello', warm: 'Welcome back' },
      safe: 'plain',
      rules: [{ id: 'known', where: { userId: 'known' }, serve: 'warm' }],
    },
    'free-delivery': {
      type: 'boolean',
      reveal: 'rule',
      variants: { on: true, off: false },
      safe: 'off',
      rules: [{ id: 'everybody', serve: 'on' }],
    },
  },
}

test('the example renders on its server, hydrates silently, and follows the worker', async () => {
  const stage = await openStage({ browser: false })
  await stage.admin.publish(JSON.stringify(served))
  const example = await serve({ url: stage.url, key: stage.pageKey, port: 0, mode: 'development' })
  try {
    const { page } = opened
    await page.context().addCookies([{ name: 'visitor', value: 'known', url: example.url }])
    const html = await (await fetch(example.url, { headers: { cookie: 'visitor=known' } })).text()
    assert.match(html, /<h1>Welcome back<\/h1>.*<strong>Delivery is free<\/strong>/)
    assert.match(await (await fetch(example.url)).text(), /<h1>Hello<\/h1>/)

    await page.goto(example.url)
    await page.locator('h1', { hasText: 'Welcome back' }).waitFor()
    const button = page.getByRole('button')
    await button.click()
    await page.getByText('1 in the basket').waitFor()
    const killed = { ...served.flags, 'free-delivery': { ...served.flags['free-delivery'], state: 'killed' } }
    await stage.admin.publish(JSON.stringify({ ...served, flags: killed }))
    await page.locator('strong').waitFor({ state: 'detached' })
    assert.equal(await page.locator('h1').innerText(), 'Welcome back')
    assert.equal(await button.innerText(), '1 in the basket', 'the same page goes on')
    assert.deepEqual(opened.troubles, [])
  } finally {
    example.close()
    await stage.close()
  }
})
