import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { transform } from 'esbuild'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { launch, openPage } from './stage.mjs'

const cases = inRoot('tests', 'cases')
const files = readdirSync(cases).filter((name) => name.endsWith('.json'))
const types = { '.js': 'text/javascript', '.wasm': 'application/wasm' }

let server
let chromium
let opened
before(async () => {
  const { code } = await transform(readFileSync(inRoot('tests', 'js', 'golden.ts'), 'utf8'), { loader: 'ts' })
  server = await serve({
    '/': ['text/html', '<!doctype html><link rel="icon" href="data:,"><title>Golden cases</title>'],
    '/golden.js': ['text/javascript', code],
  })
  chromium = await launch()
  opened = await openPage(chromium)
  await opened.page.goto(`http://127.0.0.1:${server.address().port}/`)
})
after(async () => {
  await chromium?.close()
  server?.close()
})

/** Serves the package as it is built, and nothing else of the project. */
function serve(pages) {
  const answer = (request, response) => {
    const page = pages[request.url]
    if (page !== undefined) return response.writeHead(200, { 'content-type': page[0] }).end(page[1])
    if (!/^\/(dist|generated)\/[\w./-]+$/.test(request.url) || request.url.includes('..'))
      return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(request.url)] })
    response.end(readFileSync(join(inRoot('js'), request.url)))
  }
  const made = createServer(answer)
  return new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve(made)))
}

assert.ok(files.length > 0, 'there are no golden cases')

for (const name of files) {
  test(`${name} in Chromium`, async () => {
    const text = readFileSync(join(cases, name), 'utf8')
    assert.ok(JSON.parse(text).cases.length > 0)
    const { issues, wrong } = await opened.page.evaluate(runIn, text)
    assert.deepEqual(issues, [])
    assert.deepEqual(wrong, [])
    assert.deepEqual(opened.troubles, [])
  })
}

test('a case that does not hold is noticed', async () => {
  const file = JSON.parse(readFileSync(join(cases, files[0]), 'utf8'))
  file.cases[0].expect.reason = 'CACHED'
  const { wrong } = await opened.page.evaluate(runIn, JSON.stringify(file))
  assert.ok(wrong.length > 0)
})

/**
 * Runs in the page: both artefacts, by the package's own entry for browsers.
 * The file comes as text, because a member `__proto__` does not survive the way of objects into a page.
 */
async function runIn(text) {
  const { loadControl, loadEngine } = await import('/dist/entrypoints/browser.js')
  const { check, definitionOf } = await import('/golden.js')
  const file = JSON.parse(text)
  const control = await loadControl()
  const { issues, snapshot } = control.compile(definitionOf(file))
  if (snapshot === undefined) return { issues, wrong: ['there is no snapshot'] }
  const engines = [await loadEngine(snapshot), control.load(snapshot)]
  const wrong = engines.flatMap((engine) => check(engine, file))
  for (const engine of engines) engine.free()
  return { issues, wrong }
}
