import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keep } from './command.mjs'
import { Failure } from './failure.mjs'
import { alive } from './lock.mjs'
import { root } from './paths.mjs'

const host = '127.0.0.1'
const patienceMs = 60_000
/** A connection that was taken and never answered must not use up all the patience. */
const oneAnswerMs = 2000
const leash = fileURLToPath(new URL('leash.mjs', import.meta.url))
const windows = process.platform === 'win32'

/** The first port from this one on that nobody listens on. */
export async function freePort(port) {
  for (let next = port; next <= 65_535; next++) if (await isFree(next)) return next
  throw new Failure(`No port is free from ${port} on.`)
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/**
 * Starts the worker in workerd, with its storage in the folder `state`, and waits until it answers.
 * Gives `{ url, stop, ended, forward, said }`: `stop` ends it and all it started, `ended` settles when it is gone, and
 * `said` gives what it has printed so far, until that is forwarded.
 */
export async function startWorker({ env, port, state, secrets = {}, config = join('worker', 'wrangler.jsonc') }) {
  await refuseSecond(state)
  const url = `http://${host}:${port}`
  const secretsFile = writeSecrets(state, secrets)
  const child = spawn(process.execPath, [leash, 'wrangler', ...flags({ port, state, secretsFile, config })], {
    cwd: root,
    env: { ...env, CI: '1' },
    // A group of its own, so that it ends when it is told to, and with everything that it started.
    detached: !windows,
    stdio: 'pipe',
  })
  const output = listen(child)
  const ended = endOf(child)
  const stop = () => end(child, ended, state)
  try {
    await Promise.race([answering(url), died(ended, output)])
  } catch (cause) {
    await stop()
    throw cause
  }
  writeFileSync(marker(state), JSON.stringify({ pid: process.pid, url }))
  return { url, stop, ended, forward: output.forward, said: output.text }
}

/**
 * Arguments are seen by everybody on the machine, so secrets go by a file that its owner alone may read. It is the only
 * one that counts: what else lies about, such as a `.dev.vars`, does not.
 */
function writeSecrets(state, secrets) {
  const path = resolve(state, 'secrets.env')
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`)
  mkdirSync(state, { recursive: true })
  // A file that was there would keep its mode.
  rmSync(path, { force: true })
  writeFileSync(path, lines.join(''), { mode: 0o600, flag: 'wx' })
  return path
}

function flags({ port, state, secretsFile, config }) {
  const where = ['--local', '--ip', host, '--port', String(port), '--inspector-port', '0', '--persist-to', state]
  const how = ['--config', config, '--log-level', 'warn', '--show-interactive-dev-session=false']
  return ['dev', ...how, ...where, '--env-file', secretsFile]
}

/** Settles with how the child ended. */
function endOf(child) {
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve(cause.message))
    child.once('close', (code, signalled) => resolve(code ?? signalled))
  })
}

/** Keeps what the child says, until it is to be forwarded. */
function listen(child) {
  const chunks = []
  let sink
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (sink ? sink.write(chunk) : chunks.push(chunk)))
  }
  return {
    text: () => Buffer.concat(chunks).toString(),
    forward: (to) => {
      sink = to
    },
  }
}

/** Settles when the worker answers for itself, whether anything was published or not. */
async function answering(url) {
  const until = Date.now() + patienceMs
  let last = 'no answer'
  while (Date.now() < until) {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(oneAnswerMs) }).catch(() => undefined)
    if (response?.ok) return
    if (response) last = `${response.status} ${await response.text()}`
    await sleep(100)
  }
  throw new Failure(`The worker did not get ready in ${patienceMs / 1000} s: ${last}`)
}

async function died(ended, output) {
  const status = await ended
  const log = output.text()
  const path = keep('wrangler', log)
  throw new Failure(`The worker ended at its start: ${status}. Its log is in ${path}`, { log })
}

async function end(child, ended, state) {
  signal(child, 'SIGINT')
  const gone = await Promise.race([ended.then(() => true), sleep(5000, false, { ref: false })])
  if (!gone) signal(child, 'SIGKILL')
  await ended
  rmSync(marker(state), { force: true })
  rmSync(join(state, 'secrets.env'), { force: true })
}

function signal(child, name) {
  try {
    if (windows) child.kill(name)
    else process.kill(-child.pid, name)
  } catch {
    // It is gone already.
  }
}

const marker = (state) => join(state, 'running.json')

/** Two workers on one store would each take themselves for its only writer. */
async function refuseSecond(state) {
  const running = readMarker(state)
  if (running === undefined || !alive(running.pid)) return
  const answers = await fetch(`${running.url}/healthz`).catch(() => undefined)
  if (!answers) return
  const mend = 'Use that one, or stop it; or give this one a store of its own with --state FOLDER.'
  throw new Failure(`A worker already runs on this store: ${running.url}, process ${running.pid}.`, { mend })
}

function readMarker(state) {
  try {
    return JSON.parse(readFileSync(marker(state), 'utf8'))
  } catch {
    return undefined
  }
}
