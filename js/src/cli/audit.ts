import { createVerifier, StatementRefused } from '../statement.js'
import { type ChainHead, verifyChain } from './audit-chain.js'
import { type Command, CommandError, readArgs, readOptions, readText, write } from './command.js'
import { groupOf } from './group.js'
import { readKeys } from './key-set.js'
import { Refusal, Remote, remoteHelp, remoteOptions } from './remote.js'

const help = `fader audit export --url URL -o FILE
fader audit verify FILE [--keys FILE]

export writes the audit log as JSON lines, each entry as it was written, oldest first.
The last line is its head, as the worker signed it: how many entries there are, and the hash of the last one.

  -o, --output FILE    where the log goes; - is standard output

verify looks whether each entry has the hash of the one before it, and whether the head is that of the last one.
It names the first line that is wrong. Without --keys it cannot tell whether the whole log was written anew.

  --keys FILE          the public keys that the worker may sign with, as \`fader keys public\` prints them

${remoteHelp}
The exit status is 1 when the log is not sound or the worker refuses, and 2 when that cannot be told.
`

export const audit: Command = groupOf('audit', help, { export: save, verify })

/** The last line of an exported log: the text that was signed, and what was said of it. */
interface HeadLine {
  readonly head: string
  readonly statement: string
}

async function save(args: readonly string[]): Promise<number> {
  const values = readOptions(args, { ...remoteOptions, output: { type: 'string', short: 'o' } })
  const { output } = values
  if (output === undefined) throw new CommandError('say where the log goes: -o FILE')
  const remote = new Remote(values)
  const signed = await headOf(remote)
  const entries = await entriesOf(remote, signed === undefined ? undefined : parseHead(signed.head)?.length)
  const lines = [...entries, ...(signed === undefined ? [] : [JSON.stringify(signed)])]
  write(output, lines.map((line) => `${line}\n`).join(''))
  const without = signed === undefined ? ', and no head: nothing was signed yet' : ''
  process.stderr.write(`${output}: ${entriesIn(entries.length)}${without}\n`)
  return 0
}

/** Asked for first: what is written after it is left for the next export, so that both belong together. */
async function headOf(remote: Remote): Promise<HeadLine | undefined> {
  try {
    const response = await remote.ask('/v1/admin/audit/head')
    return { head: await response.text(), statement: response.headers.get('fader-signature') ?? '' }
  } catch (cause) {
    if (cause instanceof Refusal && cause.httpStatus === 404) return undefined
    throw cause
  }
}

async function entriesOf(remote: Remote, wanted = Number.POSITIVE_INFINITY): Promise<string[]> {
  const entries: string[] = []
  while (entries.length < wanted) {
    const response = await remote.ask(`/v1/admin/audit?after=${entries.length}`)
    const page = linesOf(await response.text())
    if (page.length === 0) break
    entries.push(...page)
  }
  return entries.slice(0, wanted)
}

async function verify(args: readonly string[]): Promise<number> {
  const { file, values } = readArgs(args, { keys: { type: 'string' } })
  const lines = linesOf(readText(file))
  const signed = headLineOf(lines.at(-1))
  const entries = signed === undefined ? lines : lines.slice(0, -1)
  const head = signed === undefined ? undefined : parseHead(signed.head)
  if (signed !== undefined && head === undefined) return wrong(file, lines.length, 'this is no head')
  const chained = verifyChain(entries, head)
  if (!chained.ok) return wrong(file, chained.line, chained.problem)
  const trust = await trustOf(signed, values.keys)
  if (trust.problem !== undefined) return wrong(file, lines.length, trust.problem)
  process.stdout.write(`${file}: ${entriesIn(entries.length)}, an unbroken chain${trust.words}\n`)
  return 0
}

interface Trust {
  readonly words: string
  readonly problem?: string
}

async function trustOf(signed: HeadLine | undefined, keys: string | undefined): Promise<Trust> {
  if (keys === undefined) return { words: '; who signed it was not asked (--keys)' }
  const trusted = readKeys(keys)
  if (signed === undefined) return { words: '', problem: 'the signed head is missing' }
  try {
    const verifier = createVerifier(trusted)
    const said = await verifier(signed.statement, 'audit', new TextEncoder().encode(signed.head))
    const at = new Date(said.issued).toISOString()
    return { words: `, signed for ${said.environment} at ${at}` }
  } catch (cause) {
    if (cause instanceof StatementRefused) return { words: '', problem: cause.message }
    throw cause
  }
}

function wrong(file: string, line: number, problem: string): number {
  process.stdout.write(`${file}:${line}: ${problem}\n`)
  return 1
}

/** An entry is exactly its line, so nothing but the line's end is taken off. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function headLineOf(line: string | undefined): HeadLine | undefined {
  const { head, statement } = (parse(line) ?? {}) as Partial<HeadLine>
  return typeof head === 'string' && typeof statement === 'string' ? { head, statement } : undefined
}

function parseHead(text: string): ChainHead | undefined {
  const { length, hash } = (parse(text) ?? {}) as Partial<ChainHead>
  return Number.isSafeInteger(length) && typeof hash === 'string' ? { length: Number(length), hash } : undefined
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

const entriesIn = (count: number) => (count === 1 ? '1 entry' : `${count} entries`)
