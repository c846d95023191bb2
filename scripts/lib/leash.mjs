/*
 * node leash.mjs COMMAND ARGS…
 * Runs a command in this process group, and ends the whole group when whoever holds our standard input is gone,
 * however it went. Without it a killed script would leave a worker behind that nobody knows of.
 */
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const windows = process.platform === 'win32'
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell: windows })

child.once('error', (cause) => {
  process.stderr.write(`${cause.message}\n`)
  process.exit(127)
})
child.once('close', (code) => process.exit(code ?? 1))

// The group gets these together: the command ends first, and then this.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

process.stdin.resume()
process.stdin.once('close', () => {
  if (windows) child.kill()
  else process.kill(0, 'SIGKILL')
})
