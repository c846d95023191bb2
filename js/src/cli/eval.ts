import { loadControl, loadEngine } from '../entrypoints/node.js'
import type { Context, Engine } from '../types.js'
import { runBatch } from './batch.js'
import { type Command, CommandError, messageOf, read, readArgs, tellIssues } from './command.js'
import { readNow } from './time.js'

export const evaluate: Command = {
  help: `fader eval DEFINITION|SNAPSHOT --flag KEY --context JSON
fader eval DEFINITION|SNAPSHOT --all --context JSON
fader eval DEFINITION|SNAPSHOT --batch FILE

Says what flags give for a context, each as one JSON object on a line:
{flag, value, variant, reason, rule?, arm?, sticky?, stability?, errorCode?, errorMessage?}.
A flag with an issue answers PARSE_ERROR, and all others work.

  --flag KEY       the flag
  --all            every flag, in the order of their keys
  --context JSON   the attributes, such as '{"userId": "u-1", "country": "SE"}'; none by default
  --now TIME       the instant, as RFC 3339 or in milliseconds since 1970; the clock's by default
  --explain        also how each answer came about
  --batch FILE     JSON lines of {flag, context, now?}, answered in order; a malformed line gets an error in its place
`,
  async run(args) {
    const { file, values } = readArgs(args, {
      flag: { type: 'string' },
      all: { type: 'boolean' },
      batch: { type: 'string' },
      context: { type: 'string' },
      now: { type: 'string' },
      explain: { type: 'boolean' },
    })
    refuseMixtures(file, values)
    const now = readNow(values.now)
    const snapshot = await open(file)
    const engine = await load(snapshot, file)
    if (values.batch !== undefined) {
      await runBatch(engine, { snapshot, now }, values.batch)
      return 0
    }
    const flags = values.flag === undefined ? engine.flags : [values.flag]
    const context = parseContext(values.context)
    for (const flag of flags) {
      const answer = values.explain ? await engine.explain(flag, context, now) : engine.evaluate(flag, context, now)
      process.stdout.write(`${JSON.stringify(answer)}\n`)
    }
    return 0
  },
}

interface Wanted {
  readonly flag?: string
  readonly all?: boolean
  readonly batch?: string
  readonly context?: string
  readonly explain?: boolean
}

function refuseMixtures(file: string, { flag, all, batch, context, explain }: Wanted): void {
  const ways = [flag, all, batch].filter((way) => way !== undefined)
  if (ways.length !== 1) throw new CommandError('ask for one of --flag KEY, --all and --batch FILE')
  if (batch === undefined) return
  if (context !== undefined || explain) {
    throw new CommandError(
      'each line of a batch has its own context and no explanation; leave --context and --explain out',
    )
  }
  if (file === '-' && batch === '-') {
    throw new CommandError('standard input is the definition or the batch; name a file for one of them')
  }
}

/** Returns a snapshot, compiled from a definition where the file is one. */
async function open(file: string): Promise<Uint8Array> {
  const bytes = read(file)
  if (String.fromCharCode(...bytes.subarray(0, 4)) === 'FADR') return bytes
  const control = await loadControl()
  const { issues, snapshot } = control.compile(new TextDecoder().decode(bytes))
  if (issues.length > 0) tellIssues(file, issues)
  if (snapshot === undefined) throw new CommandError(`${file} is neither a definition nor a snapshot`)
  return snapshot
}

async function load(snapshot: Uint8Array, file: string): Promise<Engine> {
  try {
    return await loadEngine(snapshot)
  } catch (cause) {
    throw new CommandError(`${file}: ${messageOf(cause)}`)
  }
}

function parseContext(text = '{}'): Context {
  try {
    return JSON.parse(text) as Context
  } catch (cause) {
    throw new CommandError(`--context is not JSON: ${messageOf(cause)}`)
  }
}
