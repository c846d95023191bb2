import { loadControl } from '../entrypoints/node.js'
import type { Change, Control } from '../types.js'
import { type Command, CommandError, countOf, readManyArgs, readText, tellIssues } from './command.js'
import type { Given, Move, Tally } from './comparison.js'
import { compareContexts } from './contexts.js'
import { readNow } from './time.js'

export const diff: Command = {
  help: `fader diff OLD NEW [--contexts FILE]

Says what is different between two definitions, a line each, under the flag or the segment that it is about.
The revision does not count.

  --contexts FILE   JSON lines, a context each, such as {"userId": "u-1"}: counts how many get another answer of a flag,
                    another variant or another value, under the new definition. Of the lines of a batch, {flag, context},
                    the context counts. Only flags that both definitions have are compared.
  --now TIME        the instant of all evaluations, as RFC 3339 or in milliseconds since 1970; the clock's by default
  --json            {changes: [{of, name, path, what}], contexts?: {contexts, changed, lines, unreadable, flags}}

The exit status is 0 when the definitions are the same, 1 when they differ, whether or not any context gets another
answer, and 2 when one of them has an issue, or a line is no context.
`,
  async run(args) {
    const { files, values } = readManyArgs(args, {
      contexts: { type: 'string' },
      now: { type: 'string' },
      json: { type: 'boolean' },
    })
    const [old, later, ...more] = files
    if (old === undefined || later === undefined || more.length > 0)
      throw new CommandError('name two definitions, the old and the new; say --help for how')
    if ([old, later, values.contexts].filter((file) => file === '-').length > 1)
      throw new CommandError('only one of the files can be standard input; name files for the others')
    const now = readNow(values.now)
    const control = await loadControl()
    const [before, after] = [read(control, old), read(control, later)]
    if (before === undefined || after === undefined) return 2
    const changes = control.diff(before.text, after.text)
    const versions = { old: before.snapshot, later: after.snapshot, now }
    const tally = values.contexts === undefined ? undefined : await compareContexts(versions, values.contexts)
    if (values.json) printJson(changes, now, tally)
    else printWords(changes, now, tally)
    if (tally !== undefined && tally.unreadable > 0) {
      const line = `the first is line ${tally.firstUnreadable}`
      process.stderr.write(`${values.contexts}: ${countOf(tally.unreadable, 'line')} without a context; ${line}\n`)
      return 2
    }
    return changes.length === 0 ? 0 : 1
  },
}

/** Returns a definition without issues and its snapshot, or lists its issues. */
function read(control: Control, file: string): { text: string; snapshot: Uint8Array } | undefined {
  const text = readText(file)
  const { issues, snapshot } = control.compile(text)
  if (issues.length === 0 && snapshot !== undefined) return { text, snapshot }
  tellIssues(file, issues, ', so it is not compared')
  return undefined
}

/** Moves by flag, the most first. */
function byFlag({ flags, moves }: Tally): { flag: string; contexts: number; moves: Move[] }[] {
  const most = (left: { contexts: number }, right: { contexts: number }) => right.contexts - left.contexts
  const grouped = new Map<string, Move[]>()
  for (const move of moves.values()) grouped.set(move.flag, [...(grouped.get(move.flag) ?? []), move])
  return [...flags]
    .map(([flag, contexts]) => ({ flag, contexts, moves: (grouped.get(flag) ?? []).sort(most) }))
    .sort(most)
}

function printJson(changes: readonly Change[], now: number, tally: Tally | undefined): void {
  const counted = tally && {
    now,
    contexts: tally.contexts,
    changed: tally.changed,
    lines: tally.lines,
    unreadable: tally.unreadable,
    flags: byFlag(tally).map(({ flag, contexts, moves }) => ({
      flag,
      contexts,
      moves: moves.map(({ from, to, contexts, lines }) => ({ from, to, contexts, lines })),
    })),
  }
  process.stdout.write(`${JSON.stringify({ changes, contexts: counted }, null, 2)}\n`)
}

function printWords(changes: readonly Change[], now: number, tally: Tally | undefined): void {
  let group = ''
  for (const { of, name, what } of changes) {
    const title = `${of} ${name}`.trimEnd()
    if (title !== group) process.stdout.write(`${title}\n`)
    group = title
    process.stdout.write(`  ${what}\n`)
  }
  process.stdout.write(changes.length === 0 ? 'no differences\n' : `${countOf(changes.length, 'difference')}\n`)
  if (tally !== undefined) printTally(tally, now)
}

function printTally(tally: Tally, now: number): void {
  const share = (contexts: number) => `${contexts} (${percent(contexts, tally.contexts)})`
  process.stdout.write(
    `\n${countOf(tally.contexts, 'context')}, at ${new Date(now).toISOString()}\n` +
      `  with another answer of any flag: ${share(tally.changed)}${examples(tally.lines)}\n`,
  )
  for (const { flag, contexts, moves } of byFlag(tally)) {
    process.stdout.write(`  ${flag}: ${share(contexts)}\n`)
    for (const move of moves) {
      const change = `${label(move.from, move.to)} → ${label(move.to, move.from)}`
      process.stdout.write(`    ${change}: ${share(move.contexts)}${examples(move.lines)}\n`)
    }
  }
}

/** The variant, and its value where the name alone does not tell two answers apart. */
function label(given: Given, other: Given): string {
  if (given.variant === null) return given.errorCode ?? 'ERROR'
  return given.variant === other.variant ? `${given.variant} = ${JSON.stringify(given.value)}` : given.variant
}

const examples = (lines: readonly number[]) => {
  if (lines.length === 0) return ''
  return `, such as ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`
}

/** A share with two decimals: 0 % and 100 % are exactly that, and nothing else is called so. */
function percent(part: number, all: number): string {
  if (part === 0 || part === all) return part === 0 ? '0 %' : '100 %'
  const hundredths = Math.min(Math.max(Math.round((part / all) * 10_000), 1), 9_999)
  const sign = (part / all) * 10_000 < 0.5 ? 'under ' : ''
  return `${sign}${hundredths / 100} %`
}
