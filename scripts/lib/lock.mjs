import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { tools } from './paths.mjs'
import { say } from './step.mjs'

/** Does work that only one process of this checkout may do at a time. Others wait, and find it done. */
export async function alone(name, work) {
  const path = join(tools, `${name}.lock`)
  mkdirSync(tools, { recursive: true })
  for (let waited = 0; !take(path); waited++) {
    if (waited === 1) say(`  waiting for process ${holder(path) ?? '?'}, which does the same …`)
    clear(path)
    await sleep(200)
  }
  const release = () => rmSync(path, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** A link appears whole, with its content, so no reader sees a lock without a holder. */
function take(path) {
  const own = `${path}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, path)
    return true
  } catch {
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

/** Removes the lock of a process that died with it. Of several that try, one renames it; a live one is put back. */
function clear(path) {
  const dead = holder(path)
  if (dead === undefined || alive(dead)) return
  const aside = `${path}.${process.pid}.dead`
  try {
    renameSync(path, aside)
    if (holder(aside) !== dead) linkSync(aside, path)
  } catch {
    // Another process was faster.
  } finally {
    rmSync(aside, { force: true })
  }
}

function holder(path) {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

export function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause.code === 'EPERM'
  }
}
