import { loadControl } from '../entrypoints/node.js'
import type { Projection } from '../types.js'
import { type Command, CommandError, countOf, printIssues, readArgs, readText, write } from './command.js'

const projections: readonly Projection[] = ['edge', 'client']

export const compile: Command = {
  help: `fader compile DEFINITION -o FILE

Compiles a definition to the snapshot that engines load.
A definition with an issue is not compiled: the issues are listed, and the exit status is 1.

  -o, --output FILE    where the snapshot goes; - is standard output
  --projection NAME    edge (all flags, the default), or client (those that clients may evaluate)
`,
  async run(args) {
    const { file, values } = readArgs(args, {
      output: { type: 'string', short: 'o' },
      projection: { type: 'string', default: 'edge' },
    })
    const projection = projections.find((name) => name === values.projection)
    if (projection === undefined) throw new CommandError(`--projection is ${projections.join(' or ')}`)
    const output = values.output
    if (output === undefined) throw new CommandError('say where the snapshot goes: -o FILE')
    const control = await loadControl()
    const { issues, snapshot } = control.compile(readText(file), projection)
    if (issues.length > 0 || snapshot === undefined) {
      printIssues(issues, process.stderr)
      process.stderr.write(`${file}: ${countOf(issues.length, 'issue')}, so nothing was compiled\n`)
      return 1
    }
    write(output, snapshot)
    const { flags } = control.load(snapshot)
    process.stderr.write(`${output}: ${countOf(flags.length, 'flag')}, ${countOf(snapshot.length, 'byte')}\n`)
    return 0
  },
}
