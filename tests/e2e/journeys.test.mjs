import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openFlagServer } from './flag-server.mjs'
import { journeys } from './journeys.mjs'
import { Judge } from './pages/judge.mjs'
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

test('what is wrong is noticed', () => {
  const flag = (value, more) => ({ value, reason: 'SPLIT', ...more })
  const revision = (n, reason) => [
    { page: flag(10 * n, reason), live: flag(10 * n, { stability: 'live' }) },
    { page: flag(10 * n + 1, reason), live: flag(10 * n + 1, { stability: 'live' }) },
  ]
  const answers = { 1: revision(1), 2: revision(2), 3: revision(3, { reason: 'DISABLED' }) }
  const contexts = [{ userId: 'ann' }, { userId: 'bob' }]
  const wrongs = (...notes) => {
    const judge = new Judge({ contexts, answers })
    judge.open(0)
    for (const [flag, value, revision, identified] of notes) {
      if (identified !== undefined) judge.identify(identified)
      judge.note({ flag, value, revision })
    }
    return judge.wrongs().wrong.length
  }
  assert.equal(wrongs(['page', 10, 1], ['page', 10, 2], ['live', 20, 2], ['page', 30, 3], ['page', 30, 2]), 0)
  assert.equal(wrongs(['page', 10, 1], ['page', 11, 1, 1]), 0)
  assert.equal(wrongs(['page', 10, 1], ['page', 20, 2]), 1, 'it changed under somebody')
  assert.equal(wrongs(['page', 10, 1], ['page', 10, 3]), 1, 'the kill did not pass')
  assert.equal(wrongs(['live', 10, 2]), 1, 'it is of another revision')
  assert.equal(wrongs(['page', 10, 1], ['page', 10, 1, 1]), 1, 'it is of somebody else')
  assert.equal(wrongs(['page', 10, 9]), 1, 'there is no such revision')
  assert.equal(wrongs(['page', -1, 1]), 1, 'it is a fallback')
})
