import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { holds, judge } from '../../scripts/report.mjs'

const script = (measures) => `
  import { say, step } from './scripts/lib/step.mjs'
  import { report } from './scripts/report.mjs'
  await step('measure', () => {})
  say('done')
  report('Measured', ${JSON.stringify(measures)})
`
const node = (measures, ...args) => ['--input-type=module', '--eval', script(measures), '--', ...args]
const good = { measure: 'differences', value: 0, unit: '', target: '= 0' }
const bad = { measure: 'size', value: 20_001, unit: 'B', target: '<= 20_000' }

test('a target is a relation and a number', () => {
  assert.equal(holds(5, '<= 5'), true)
  assert.equal(holds(5, '< 5'), false)
  assert.equal(holds(5, '> 5'), false)
  assert.equal(holds(5, '>= 5.5'), false)
  assert.equal(holds(-1, '= -1'), true)
  assert.equal(holds(100_000, '>= 100_000'), true)
  assert.equal(holds(5, undefined), true)
  assert.throws(() => holds(5, 'about 5'), /Not a target/)
})

test('what was not measured is no measure', () => {
  assert.throws(() => judge([{ measure: 'x', value: undefined }]), /was not measured/)
  assert.throws(() => judge([{ measure: 'x', value: Number.NaN }]), /was not measured/)
})

test('with --json the array is alone on standard output', () => {
  const output = execFileSync(process.execPath, node([good], '--json'), { encoding: 'utf8' })
  assert.deepEqual(JSON.parse(output), [{ ...good, holds: true }])
})

test('a measure that does not hold makes the command fail', () => {
  const { status, stdout } = spawnSync(process.execPath, node([good, bad], '--json'), { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.deepEqual(
    JSON.parse(stdout).map((one) => one.holds),
    [true, false],
  )
})

test('people get a table', () => {
  const { status, stdout } = spawnSync(process.execPath, node([bad]), { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stdout, /size +20,001 +B +<= 20_000 +NO/)
})
