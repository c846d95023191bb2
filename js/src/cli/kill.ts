import { type Command, readArgs } from './command.js'
import { Remote, remoteHelp, remoteOptions } from './remote.js'

export const kill: Command = {
  help: `fader kill FLAG --url URL [--why TEXT]

Kills a flag: from now on everybody gets its safe variant, whatever its rules and overrides say.
It waits for nobody's revision, and needs a token of the role support or higher.

  --why TEXT           what people will read of it in the history and in the audit log; may be left out in a hurry

${remoteHelp}
The exit status is 1 when the worker refuses, and 2 when it cannot be asked: then try again, which does no harm.
`,
  async run(args) {
    const { file: flag, values } = readArgs(args, { ...remoteOptions, why: { type: 'string' } })
    const remote = new Remote(values)
    const began = performance.now()
    const why = values.why === undefined ? {} : { why: values.why }
    const { revision } = await remote.post<{ revision: number }>('/v1/admin/kill', { flag, ...why })
    const tookMs = Math.round(performance.now() - began)
    process.stdout.write(`revision ${revision}: ${flag} is killed, in ${tookMs} ms\n`)
    return 0
  },
}
