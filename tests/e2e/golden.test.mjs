import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { servePackage } from './package-server.mjs'
import { launch, openPage } from './stage.mjs'

const cases = inRoot('tests', 'cases')
const files = readdirSync(cases).filter((name) => name.endsWith('.json'))

let server
let chromium
let opened
before(async () => {
  server = await servePackage('golden')
  chromium = await launch()
  opened = await openPage(chromium)
  await opened.page.goto(server.origin)
})
after(async () => {
  await chromium?.close()
  server?.close()
})

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
