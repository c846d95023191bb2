import { loadControl } from '../entrypoints/node.js'
import { type Command, countOf, printIssues, readArgs, readText } from './command.js'

export const validate: Command = {
  help: `fader validate DEFINITION

Lists every issue of a definition: where it is, what is wrong, and how to mend it.
The exit status is 1 when there is one.

  --json   an array of {path, message, mend}
`,
  async run(args) {
    const { file, values } = readArgs(args, { json: { type: 'boolean' } })
    const control = await loadControl()
    const issues = control.validate(readText(file))
    if (values.json) process.stdout.write(`${JSON.stringify(issues, null, 2)}\n`)
    else {
      printIssues(issues, process.stdout)
      process.stdout.write(`${file}: ${issues.length === 0 ? 'no issues' : countOf(issues.length, 'issue')}\n`)
    }
    return issues.length === 0 ? 0 : 1
  },
}
