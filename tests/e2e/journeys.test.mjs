import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openFlagServer } from './flag-server.mjs'
import { journeys } from './journeys.mjs'
import { launch } from './stage.mjs'

const SEQUENCES = 500

let flags
let chromium
before(async () => {
  flags = await openFlagServer()
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  await flags?.close()
})

test('whatever happens to tabs, each answer is of one revision and of whoever the tab is for', async () => {
  const key = await flags.grant('client')
  const { wrong, sequences, reads, revisions } = await journeys({ flags, key, chromium, count: SEQUENCES })
  assert.deepEqual(wrong, [])
  assert.equal(sequences, SEQUENCES)
  // So much was read, and so much was published meanwhile, that it would have shown.
  assert.ok(reads > 5 * SEQUENCES, `only ${reads} reads`)
  assert.ok(revisions > 5, `only ${revisions} revisions`)
})
