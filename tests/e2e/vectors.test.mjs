import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { servePackage } from './package-server.mjs'
import { launch, openPage } from './stage.mjs'

let server
let chromium
before(async () => {
  server = await servePackage('vectors')
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  server?.close()
})

test('the published vectors are ours in Chromium', async () => {
  const { page, troubles } = await openPage(chromium)
  await page.goto(server.origin)
  const { points, answers, wrong } = await page.evaluate(runIn)
  assert.deepEqual(wrong, [])
  assert.ok(points > 50_000)
  assert.ok(answers > 50_000)
  assert.deepEqual(troubles, [])
})

test('random definitions are answered in Chromium as the plain evaluator answers them', async () => {
  const { page, troubles } = await openPage(chromium)
  await page.goto(server.origin)
  const lines = gunzipSync(readFileSync(inRoot('tests', 'vectors', 'random.jsonl.gz'))).toString()
  const { answers, wrong } = await page.evaluate(runRandomIn, lines)
  assert.deepEqual(wrong, [])
  assert.ok(answers > 15_000)
  assert.deepEqual(troubles, [])
})

async function runRandomIn(lines) {
  const { loadControl, loadEngine } = await import('/dist/entrypoints/browser.js')
  const { runRandom } = await import('/vectors.js')
  return runRandom(lines, await loadControl(), loadEngine)
}

/** Runs in the page, by the package's own entry for browsers. */
async function runIn() {
  const { loadControl, loadEngine } = await import('/dist/entrypoints/browser.js')
  const { files, run, unpack } = await import('/vectors.js')
  const get = async (name) => unpack(await (await fetch(`/vectors/${files[name]}`)).arrayBuffer())
  const definition = await (await fetch(`/vectors/${files.definition}`)).text()
  const [points, contexts, answers] = await Promise.all(['points', 'contexts', 'answers'].map(get))
  return run({ points, contexts, answers, definition }, await loadControl(), loadEngine)
}
