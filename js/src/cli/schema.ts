import { loadControl } from '../entrypoints/node.js'
import { type Command, readOptions, write } from './command.js'

export const schema: Command = {
  help: `fader schema [-o FILE]

Prints the JSON Schema of definitions, draft 2020-12, by which editors complete and check them.

  -o, --output FILE    where it goes; - is standard output, the default
`,
  async run(args) {
    const { output } = readOptions(args, { output: { type: 'string', short: 'o', default: '-' } })
    const control = await loadControl()
    write(output, `${JSON.stringify(control.schema(), null, 2)}\n`)
    return 0
  },
}
