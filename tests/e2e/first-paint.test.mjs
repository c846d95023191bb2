import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FLAGS, reloads } from './first-paint.mjs'
import { launch } from './stage.mjs'

const RELOADS = 20

let chromium
before(async () => {
  chromium = await launch()
})
after(() => chromium?.close())

test('what was painted first stays, but for flags that say otherwise and those that are killed', async () => {
  const { wrong, troubles, changed, fallbacks, interactiveMs } = await reloads(chromium, RELOADS)
  assert.deepEqual(wrong, [])
  assert.deepEqual(troubles, [])
  assert.equal(interactiveMs.length, RELOADS)
  // All was there to be painted, at each reload, and some of it was live.
  assert.equal(fallbacks, 0)
  assert.ok(changed >= FLAGS / 10, `only ${changed} changes`)
})
