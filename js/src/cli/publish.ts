import { type Command, CommandError, countOf, printIssues, readArgs, readText } from './command.js'
import { Refusal, Remote, reasonHeader, remoteHelp, remoteOptions } from './remote.js'

export const publish: Command = {
  help: `fader publish DEFINITION --url URL --why TEXT [--if-revision N | --force]

Publishes a definition as the next revision, when the one that it was made from is still the current one.

  --why TEXT           what people will read of it in the history and in the audit log
  --if-revision N      the revision that must be the current one; 0 for an empty store.
                       By default the \`revision\` that the definition itself has
  --force              replaces whatever is there

${remoteHelp}
The exit status is 1 when the worker refuses, because of issues, which are listed, or because somebody else was faster;
and 2 when it cannot be asked.
`,
  async run(args) {
    const { file, values } = readArgs(args, {
      ...remoteOptions,
      why: { type: 'string' },
      'if-revision': { type: 'string' },
      force: { type: 'boolean' },
    })
    if (values.why === undefined || values.why.trim() === '') throw new CommandError('say why: --why TEXT')
    const body = readText(file)
    const headers = {
      'content-type': 'application/json',
      'if-match': expected(body, values['if-revision'], values.force),
      ...reasonHeader(values.why),
    }
    try {
      const { revision, flags, environment } = await new Remote(values).json<{
        revision: number
        flags: number
        environment: string
      }>('/v1/admin/definition', { method: 'PUT', headers, body })
      process.stdout.write(`revision ${revision} of ${environment}: ${countOf(flags, 'flag')}\n`)
      return 0
    } catch (cause) {
      if (cause instanceof Refusal) printIssues(cause.issues, process.stderr)
      throw cause
    }
  },
}

/** The ETag of the revision that may be replaced. */
function expected(definition: string, revision: string | undefined, force = false): string {
  if (force && revision !== undefined) throw new CommandError('--force and --if-revision exclude each other')
  if (force) return '*'
  const named = revision ?? String(revisionIn(definition) ?? '')
  if (/^\d{1,15}$/.test(named)) return `"${named}"`
  if (revision !== undefined) throw new CommandError(`--if-revision ${revision} is no revision`)
  throw new CommandError('the definition has no revision; say --if-revision N, or --force to replace whatever is there')
}

function revisionIn(definition: string): unknown {
  try {
    return (JSON.parse(definition) as { revision?: unknown } | null)?.revision
  } catch {
    throw new CommandError('the definition is not JSON; `fader validate` says where')
  }
}
