import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { root, tools } from './paths.mjs'

const running = new Set()
/** On Windows the tools of npm are `.cmd` files, which only a shell starts. */
const shell = process.platform === 'win32'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    // Whoever has more to tidy away than these children has a handler of its own, and exits itself.
    if (process.listenerCount(signal) === 1) process.exit(1)
  })
}

// npm runs a script through a shell, which dies of a signal and does not pass it on.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}

/** Runs a command to its end and gives `{ code, output }`, whatever the code; 127 when there is no such command. */
export function attempt(command, args, { env = process.env, cwd = root, timeout = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, timeout, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    running.add(child)
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    const end = (code, note = '') => {
      running.delete(child)
      resolve({ code, output: Buffer.concat(chunks).toString() + note })
    }
    child.on('error', (cause) => end(127, `${cause.message}\n`))
    child.on('close', (code, signal) => end(code ?? 1, signal ? `\nended by ${signal}\n` : ''))
  })
}

/** Runs a command that has to succeed, and gives its output. */
export async function run(command, args, { mend, ...options } = {}) {
  const { code, output } = await attempt(command, args, options)
  if (code === 0) return output
  const line = [command, ...args].join(' ')
  const log = keep(command, `$ ${line}\n${output}`)
  throw new Failure(`\`${line}\` failed with status ${code}. Its whole log is in ${log}`, { log: output, mend })
}

/** Writes a log where a person finds it, and gives its path. */
export function keep(name, text) {
  const folder = join(tools, 'logs')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name.replace(/[^\w.-]+/g, '-')}.log`)
  writeFileSync(path, text)
  return path
}
