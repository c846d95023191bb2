import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { tools } from '../../scripts/lib/paths.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lock-'))
const log = join(folder, 'log')
const lock = `test-${process.pid}`
after(() => rmSync(folder, { recursive: true }))

const script = `
  import { appendFileSync } from 'node:fs'
  import { setTimeout as sleep } from 'node:timers/promises'
  import { alone } from './scripts/lib/lock.mjs'
  await alone('${lock}', async () => {
    appendFileSync(${JSON.stringify(log)}, 'in ')
    await sleep(100)
    appendFileSync(${JSON.stringify(log)}, 'out\\n')
  })
`

function contender() {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  return new Promise((resolve) => child.once('close', resolve))
}

test('of several processes one works at a time, though the last holder died', async () => {
  const dead = spawn(process.execPath, ['--eval', ''])
  await new Promise((resolve) => dead.once('close', resolve))
  writeFileSync(join(tools, `${lock}.lock`), String(dead.pid))
  const statuses = await Promise.all(Array.from({ length: 4 }, contender))
  assert.deepEqual(statuses, [0, 0, 0, 0])
  assert.equal(readFileSync(log, 'utf8'), 'in out\n'.repeat(4))
})
