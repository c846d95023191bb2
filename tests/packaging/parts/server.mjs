import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../../scripts/lib/dev-worker.mjs'
import { answering } from './flags.mjs'

/** Starts a server of pages on a port of its own, and waits until it answers. */
export async function startServer(command, args, { cwd, env }) {
  const port = await freePort(20_000 + (process.pid % 12_000))
  const child = spawn(process.execPath, [command, ...args, '--port', String(port)], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = []
  child.stdout.on('data', (chunk) => said.push(chunk))
  child.stderr.on('data', (chunk) => said.push(chunk))
  const ended = once(child, 'close')
  const url = `http://127.0.0.1:${port}`
  const died = ended.then(() => {
    throw new Error(`${command} ended at its start:\n${Buffer.concat(said)}`)
  })
  await Promise.race([answering(url), died])
  // It ends when it is told to.
  died.catch(() => {})
  return {
    url,
    said: () => Buffer.concat(said).toString(),
    async close() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
