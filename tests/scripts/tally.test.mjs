import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cargo, check, nodeTest, vitest } from '../../scripts/lib/tally.mjs'

const twoBinaries = `
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`

test('a check is one test', () => {
  assert.deepEqual(check({ code: 0 }), { passed: 1, failed: 0 })
  assert.deepEqual(check({ code: 2 }), { passed: 0, failed: 1 })
})

test('the binaries of a crate are added up', () => {
  assert.deepEqual(cargo({ code: 0, output: twoBinaries }), { passed: 15, failed: 0 })
  const failed = 'test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 filtered out'
  assert.deepEqual(cargo({ code: 101, output: failed }), { passed: 2, failed: 4 })
})

test('a runner that fails without a failed test is one failure', () => {
  assert.deepEqual(cargo({ code: 101, output: twoBinaries }), { passed: 15, failed: 1 })
  assert.deepEqual(nodeTest({ code: 1, output: '' }), { passed: 0, failed: 1 })
})

test('a run without a test is a failure', () => {
  assert.deepEqual(cargo({ code: 0, output: 'test result: ok. 0 passed; 0 failed;' }), { passed: 0, failed: 1 })
  assert.deepEqual(nodeTest({ code: 0, output: 'ℹ pass 0\nℹ fail 0\n' }), { passed: 0, failed: 1 })
})

test('the closing lines of node --test are read, and what a test prints is not', () => {
  const output = 'pass 77\n✔ it works\nℹ tests 5\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\n'
  assert.deepEqual(nodeTest({ code: 1, output }), { passed: 3, failed: 2 })
})

test('the report of vitest is read, and its absence is a failure', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tally-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'counts.json')
  assert.deepEqual(vitest(path)({ code: 0 }), { passed: 0, failed: 1 })
  writeFileSync(path, JSON.stringify({ numPassedTests: 9, numFailedTests: 2 }))
  assert.deepEqual(vitest(path)({ code: 1 }), { passed: 9, failed: 2 })
})
