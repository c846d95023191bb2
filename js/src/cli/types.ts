import { loadControl } from '../entrypoints/node.js'
import { type Command, readArgs, readProjection, readText, tellIssues, write } from './command.js'

export const types: Command = {
  help: `fader types DEFINITION [-o FILE]

Writes the flags of a definition as a TypeScript declaration.
Where a program has it among its files, clients and engines take the keys of these flags only, with their types and
variants: a place that reads a flag that was removed no longer compiles.
A definition with an issue has no types: the issues are listed, and the exit status is 1.

  -o, --output FILE    where the declaration goes, such as src/flags.d.ts; - is standard output, the default
  --projection NAME    edge (all flags, the default), or client (those that clients may evaluate)
`,
  async run(args) {
    const { file, values } = readArgs(args, {
      output: { type: 'string', short: 'o', default: '-' },
      projection: { type: 'string', default: 'edge' },
    })
    const projection = readProjection(values.projection)
    const control = await loadControl()
    const definition = readText(file)
    const issues = control.validate(definition)
    if (issues.length > 0) {
      tellIssues(file, issues, ', so there are no types')
      return 1
    }
    write(values.output, control.types(definition, projection))
    return 0
  },
}
