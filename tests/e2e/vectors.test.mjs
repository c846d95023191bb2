import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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

/** Runs in the page, by the package's own entry for browsers. */
async function runIn() {
  const { loadControl, loadEngine } = await import('/dist/entrypoints/browser.js')
  const { files, run, unpack } = await import('/vectors.js')
  const get = async (name) => unpack(await (await fetch(`/vectors/${files[name]}`)).arrayBuffer())
  const definition = await (await fetch(`/vectors/${files.definition}`)).text()
  const [points, contexts, answers] = await Promise.all(['points', 'contexts', 'answers'].map(get))
  return run({ points, contexts, answers, definition }, await loadControl(), loadEngine)
}
