import { loadControl } from '../entrypoints/node.js'
import type { Finding } from '../types.js'
import { type Command, CommandError, countOf, readManyArgs, readText, tellIssues } from './command.js'
import { keysIn } from './sources.js'
import { readNow } from './time.js'

export const check: Command = {
  help: `fader check DEFINITION [--used PATH…]

Looks for what is amiss with a definition that has no issues: rules that nobody reaches, audiences that never hold,
draws that correlate, flags that are done. Each finding has a code, a place, a sentence and a mend.
What can never be is said only where it is sure.

  --used PATH…   sources, files or folders, in which the keys of flags are looked for as quoted strings;
                 flags that are not found are told of. node_modules, dist and .git are left out.
  --now TIME     the instant, as RFC 3339 or in milliseconds since 1970; the clock's by default
  --strict       infos count as well as warnings
  --json         an array of {code, level, path, message, mend}

The exit status is 1 when there is a warning or an issue, and 0 when there are infos at most.
`,
  async run(args) {
    const { files, values } = readManyArgs(args, {
      used: { type: 'string', multiple: true },
      now: { type: 'string' },
      strict: { type: 'boolean' },
      json: { type: 'boolean' },
    })
    const [file, ...more] = files
    if (file === undefined) throw new CommandError('name a file; say --help for how')
    if (more.length > 0 && values.used === undefined)
      throw new CommandError(`one file at a time; ${more.join(', ')} is more than one`)
    const now = readNow(values.now)
    const control = await loadControl()
    const definition = readText(file)
    const issues = control.validate(definition)
    if (issues.length > 0) {
      tellIssues(file, issues, ', which come first')
      return 1
    }
    const read = values.used === undefined ? {} : { read: [...keysIn([...values.used, ...more])] }
    const findings = control.check(definition, { now, ...read })
    if (values.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
    else print(file, findings)
    return findings.some(({ level }) => values.strict || level === 'warning') ? 1 : 0
  },
}

function print(file: string, findings: readonly Finding[]): void {
  for (const { code, level, path, message, mend } of findings) {
    process.stdout.write(`${path}: ${level} ${code}: ${message}\n  ${mend}\n`)
  }
  const warnings = findings.filter(({ level }) => level === 'warning').length
  const infos = findings.length - warnings
  const counts = [countOf(warnings, 'warning'), countOf(infos, 'info')]
  process.stdout.write(`${file}: ${findings.length === 0 ? 'nothing found' : counts.join(', ')}\n`)
}
