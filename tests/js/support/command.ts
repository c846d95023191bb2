import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const commandPath = fileURLToPath(new URL('../../../js/dist/cli.js', import.meta.url))

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly out: Buffer
  readonly said: string
  readonly errors: string
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs the built command line in a process of its own, with this as its standard input. */
export function fader(
  args: readonly string[],
  input: string | Uint8Array = '',
  { env = {}, cwd = process.cwd() }: Surroundings = {},
): Promise<Ended> {
  const options = { timeout: 15_000, cwd, env: { ...process.env, ...env } }
  return ending(spawn(process.execPath, [commandPath, ...args], options), input)
}

/** Runs a line of a shell in which `fader` is the built command line. */
export function shell(line: string): Promise<Ended> {
  const script = `set -o pipefail\nfader() { "$NODE" "$FADER" "$@"; }\n${line}`
  const env = { ...process.env, NODE: process.execPath, FADER: commandPath }
  return ending(spawn('bash', ['-c', script], { env, timeout: 15_000 }))
}

/** Gives a process its input, and what comes of it. */
export async function ending(child: ChildProcessWithoutNullStreams, input: string | Uint8Array = ''): Promise<Ended> {
  const out: Buffer[] = []
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  // A command that fails may not read what it is given.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const all = Buffer.concat(out)
  return { code, out: all, said: all.toString(), errors }
}

/** The JSON lines of an output. */
export function linesOf(said: string): Record<string, unknown>[] {
  if (!said.endsWith('\n')) throw new Error(`the last line has no end: ${said.slice(-80)}`)
  return said
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** A folder for the files of one test file. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'fader-'))

  at(name: string): string {
    return join(this.path, name)
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content)
    return this.at(name)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
