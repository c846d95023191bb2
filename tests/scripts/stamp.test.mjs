import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { root, tools } from '../../scripts/lib/paths.mjs'
import { whenChanged } from '../../scripts/lib/stamp.mjs'

test('work is done again when what it reads or writes has changed, and when it failed', async (context) => {
  const folder = mkdtempSync(join(tools, 'stamp-'))
  const stamp = relative(tools, folder)
  context.after(() => {
    rmSync(folder, { recursive: true })
    rmSync(join(tools, 'stamps', stamp), { force: true })
  })
  const path = (name) => relative(root, join(folder, name))
  const put = (name, text) => writeFileSync(join(folder, name), text)
  const paths = { reads: [path('in')], writes: [path('out')] }
  const build = () => whenChanged(stamp, paths, () => put('out', 'made'))

  put('in', 'a')
  assert.equal(await build(), true)
  assert.equal(await build(), false)
  put('in', 'b')
  assert.equal(await build(), true)
  put('out', 'spoilt')
  assert.equal(await build(), true)
  rmSync(join(folder, 'out'))
  assert.equal(await build(), true)
  assert.equal(await build(), false)

  put('in', 'c')
  await assert.rejects(whenChanged(stamp, paths, () => Promise.reject(new Error('no'))))
  assert.equal(await build(), true)
})
