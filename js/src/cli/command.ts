import { readFileSync, writeFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Issue, Projection } from '../types.js'

/** One of the words that may stand behind `fader`. */
export interface Command {
  readonly help: string
  /** Returns the exit status: 0 when all is well, 1 when the input is not. */
  run(args: readonly string[]): Promise<number>
}

/** What was asked cannot be done; the message says what to ask instead. */
export class CommandError extends Error {
  /** With what the command ends: 2, or 1 where it was understood and refused. */
  readonly exitStatus: number

  constructor(message: string, exitStatus = 2) {
    super(message)
    this.exitStatus = exitStatus
  }
}

type Options = NonNullable<ParseArgsConfig['options']>

/** Reads one file's name and the options behind a command. */
export function readArgs<T extends Options>(args: readonly string[], options: T) {
  const { files, values } = readManyArgs(args, options)
  const [file, ...more] = files
  if (file === undefined) throw new CommandError('name a file; say --help for how')
  if (more.length > 0) throw new CommandError(`one file at a time; ${more.join(', ')} is more than one`)
  return { file, values }
}

/** Reads the options behind a command that reads no file. */
export function readOptions<T extends Options>(args: readonly string[], options: T) {
  const { files, values } = readManyArgs(args, options)
  if (files.length > 0) throw new CommandError(`no file is read, and ${files.join(', ')} is one`)
  return values
}

/** Reads the names of files and the options behind a command. */
export function readManyArgs<T extends Options>(args: readonly string[], options: T) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { files: positionals, values }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new CommandError(`${cause.message}; say --help for the options`)
  }
}

const projections: readonly Projection[] = ['edge', 'client']

/** Returns the projection of a name. */
export function readProjection(name: string): Projection {
  const projection = projections.find((known) => known === name)
  if (projection === undefined) throw new CommandError(`--projection is ${projections.join(' or ')}`)
  return projection
}

/** Reads a whole file, or standard input. */
export function read(file: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${messageOf(cause)}`)
  }
}

/** Reads a whole file as UTF-8. */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read(file))
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    throw new CommandError(`${file} is not text in UTF-8; save it as such`)
  }
}

/** Writes a whole file, or to standard output. */
export function write(file: string, content: string | Uint8Array): void {
  if (file === '-') {
    process.stdout.write(content)
    return
  }
  try {
    writeFileSync(file, content)
  } catch (cause) {
    throw new CommandError(`${file} cannot be written: ${messageOf(cause)}`)
  }
}

/** Returns what a failure says. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Prints the issues of a file to standard error, and what comes of them. */
export function tellIssues(file: string, issues: readonly Issue[], consequence = ''): void {
  printIssues(issues, process.stderr)
  process.stderr.write(`${file}: ${countOf(issues.length, 'issue')}${consequence}\n`)
}

/** Prints issues, a line each. */
export function printIssues(issues: readonly Issue[], stream: NodeJS.WritableStream): void {
  for (const { path, message, mend } of issues) stream.write(`${path}: ${message}\n  ${mend}\n`)
}

/** Returns a count in words. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
