import { loadControl } from '../entrypoints/node.js'
import {
  type Command,
  CommandError,
  countOf,
  readArgs,
  readProjection,
  readText,
  tellIssues,
  write,
} from './command.js'

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
    const projection = readProjection(values.projection)
    const output = values.output
    if (output === undefined) throw new CommandError('say where the snapshot goes: -o FILE')
    const control = await loadControl()
    const { issues, snapshot } = control.compile(readText(file), projection)
    if (issues.length > 0 || snapshot === undefined) {
      tellIssues(file, issues, ', so nothing was compiled')
      return 1
    }
    write(output, snapshot)
    const { flags } = control.load(snapshot)
    process.stderr.write(`${output}: ${countOf(flags.length, 'flag')}, ${countOf(snapshot.length, 'byte')}\n`)
    return 0
  },
}
