import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cores, pinned } from './workerd.mjs'

const script = fileURLToPath(new URL('load-process.mjs', import.meta.url))
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * A process that sends requests, so that who is measured and who measures do not share a thread.
 *
 * `send({ targets, connections, requests, seconds, perSecond })` sends to every target in turn, on so many connections,
 * each of which waits for its answer before it sends again; it ends after so many requests or seconds. A target is
 * `{ url, method, headers, bodies }`; its bodies are sent in turn. With `perSecond` there are no more than so many.
 * Gives for each target `{ latencies, statuses, bytes }`, and the seconds that all of it took.
 */
export async function startLoad({ core = cores.load } = {}) {
  const [command, ...args] = pinned(core, [process.execPath, script])
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' })
  running.add(child)
  child.once('close', () => running.delete(child))
  const send = (job) =>
    new Promise((resolve, reject) => {
      const gone = () => reject(new Error('the process that sends requests has ended'))
      child.once('close', gone)
      child.once('message', (found) => {
        child.off('close', gone)
        if ('fault' in found) reject(new Error(found.fault))
        else resolve(found)
      })
      child.send(job)
    })
  return { send, stop: () => child.kill('SIGKILL') }
}

/** How many of these statuses, or of whatever is no answer at all, are not as wanted. */
export function unwanted(statuses, isWanted = (status) => status === 200) {
  return Object.entries(statuses).reduce((sum, [status, count]) => sum + (isWanted(Number(status)) ? 0 : count), 0)
}
