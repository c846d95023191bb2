import { type Statement, StatementRefused } from '../statement.js'
import { partsOf, verifyParts } from './bundle-parts.js'
import { type Command, CommandError, countOf, readOptions, write } from './command.js'
import { readKeys } from './key-set.js'
import { Remote, remoteHelp, remoteOptions } from './remote.js'

export const bundle: Command = {
  help: `fader bundle --url URL -o FILE [--keys FILE]

Fetches all that an isolate evaluates from, in one signed piece. Deployed with the worker as worker/bundled/bundle.bin,
it is what isolates answer from when they can reach nothing else. It needs a token of the kind edge.

  -o, --output FILE    where the bundle goes; - is standard output
  --keys FILE          the public keys that the worker may sign with, as \`fader keys public\` prints them;
                       a bundle that none of them signed is not written

${remoteHelp}
The exit status is 1 when the worker refuses or the bundle is not to be trusted, and 2 when it cannot be fetched.
`,
  async run(args) {
    const values = readOptions(args, {
      ...remoteOptions,
      output: { type: 'string', short: 'o' },
      keys: { type: 'string' },
    })
    const { output } = values
    if (output === undefined) throw new CommandError('say where the bundle goes: -o FILE')
    const keys = values.keys === undefined ? undefined : readKeys(values.keys)
    const response = await new Remote(values).ask('/v1/bundle')
    const bytes = new Uint8Array(await response.arrayBuffer())
    try {
      const parts = partsOf(bytes)
      const said = keys === undefined ? undefined : await verifyParts(parts, keys)
      if (said !== undefined && said.expires <= Date.now()) throw new StatementRefused('its signature has expired')
      write(output, bytes)
      process.stderr.write(`${output}: ${countOf(bytes.byteLength, 'byte')}${wordsOf(said)}\n`)
      return 0
    } catch (cause) {
      if (!(cause instanceof StatementRefused)) throw cause
      throw new CommandError(`nothing was written: ${cause.message}`, 1)
    }
  },
}

function wordsOf(said: Statement | undefined): string {
  if (said === undefined) return '; who signed it was not asked (--keys)'
  const [issued, expires] = [said.issued, said.expires].map((time) => new Date(time).toISOString())
  return `, revision ${said.revision} of ${said.environment}, signed ${issued}, good until ${expires}`
}
