import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { keep } from '../../scripts/lib/command.mjs'
import { Failure } from '../../scripts/lib/failure.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { configOf } from './config.mjs'

const binary = inRoot('node_modules', 'workerd', 'bin', 'workerd')
/** As Linux counts the time of processes. */
const TICK_MS = 10
const PATIENCE_MS = 30_000

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

const isThere = (command) => spawnSync(command, ['--version']).status === 0
const [canPin, canTie] = ['taskset', 'setpriv'].map(isThere)

/** With more than one core, what is measured has one, and who measures another. */
export const cores = availableParallelism() > 1 && canPin ? { measured: 0, load: 1 } : {}

/** A command that runs on one core, where that can be had. */
export const pinned = (core, command) => (core === undefined ? command : ['taskset', '-c', String(core), ...command])

/** A command that ends with this process, however this one ends, where that can be had. */
const tied = (command) => (canTie ? ['setpriv', '--pdeathsig', 'KILL', ...command] : command)

/**
 * Starts one process of workerd with a configuration that is written to the folder, and waits until its sockets listen.
 * Gives `{ pid, urls, startedMs, cpuMs, stop }`; `stop` takes a signal, and settles when the process is gone.
 */
export async function startWorkerd({ folder, name, core, ...config }) {
  const path = join(folder, `${name}.capnp`)
  writeFileSync(path, configOf(config))
  const log = join(folder, `${name}.log`)
  const descriptor = openSync(log, 'a')
  const [command, ...args] = pinned(core, tied([binary, 'serve', path, '--experimental', '--control-fd=3']))
  const began = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', descriptor, descriptor, 'pipe'], cwd: folder })
  closeSync(descriptor)
  running.add(child)
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', resolve)
  }).finally(() => running.delete(child))
  const urls = await Promise.race([listening(child, config.sockets), tooLate(ended, { name, log })])
  const stop = async (signal = 'SIGKILL') => {
    child.kill(signal)
    await ended
  }
  return { pid: child.pid, urls, startedMs: performance.now() - began, cpuMs: () => cpuMs(child.pid), stop, log }
}

/** Settles with the address of every socket, by name. */
function listening(child, sockets) {
  const urls = {}
  return new Promise((resolve) => {
    createInterface({ input: child.stdio[3] }).on('line', (line) => {
      const { event, socket, port } = JSON.parse(line)
      if (event === 'listen') urls[socket] = `http://127.0.0.1:${port}`
      if (sockets.every((one) => (one.name ?? one) in urls)) resolve(urls)
    })
  })
}

async function tooLate(ended, { name, log }) {
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'too late').unref()
  })
  const why = await Promise.race([ended, late])
  clearTimeout(timer)
  const output = readFileSync(log, 'utf8')
  throw new Failure(`workerd of ${name} did not start: ${why}. Its log is in ${keep(name, output)}`, { log: output })
}

/** The time that all threads of a process have run, and that the kernel ran for them. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Whether this machine can tell the time of another process. */
export const canCountCpu = existsSync('/proc/self/stat')
