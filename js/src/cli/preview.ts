import { type Command, CommandError, readManyArgs } from './command.js'
import { Remote, remoteHelp, remoteOptions } from './remote.js'

export const preview: Command = {
  help: `fader preview FLAG=VARIANT… --url URL --why TEXT [--minutes N]

Prints what to put behind the address of a page, so that whoever opens it sees these variants for a while, whatever the
rules say: https://shop.example.com/?fader-preview=…
It is signed, and holds where the page's client has the worker's public keys. It changes nobody else's answers, and
needs a token of the role support or higher.

  --why TEXT           what people will read of it in the audit log
  --minutes N          for how long it is good, 1440 at most; 60 by default

${remoteHelp}
The exit status is 1 when the worker refuses, because a flag or variant is not there, or is never shown to clients;
and 2 when it cannot be asked.
`,
  async run(args) {
    const options = { ...remoteOptions, why: { type: 'string' }, minutes: { type: 'string' } } as const
    const { files: pairs, values } = readManyArgs(args, options)
    const answers = answersOf(pairs)
    if (values.why === undefined || values.why.trim() === '') throw new CommandError('say why: --why TEXT')
    const minutes = values.minutes === undefined ? {} : { minutes: minutesOf(values.minutes) }
    const { query, expires } = await new Remote(values).post<{ query: string; expires: number }>('/v1/admin/preview', {
      answers,
      ...minutes,
      why: values.why,
    })
    process.stdout.write(`${query}\n`)
    process.stderr.write(`it is good until ${new Date(expires).toISOString()}\n`)
    return 0
  },
}

function answersOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  if (pairs.length === 0) throw new CommandError('name a flag and its variant, such as new-checkout=on')
  const answers = new Map<string, string>()
  for (const pair of pairs) {
    const [flag = '', variant = '', ...more] = pair.split('=')
    if (flag === '' || variant === '' || more.length > 0)
      throw new CommandError(`${pair} is no flag and variant; write FLAG=VARIANT, such as new-checkout=on`)
    if (answers.has(flag)) throw new CommandError(`${flag} stands there twice`)
    answers.set(flag, variant)
  }
  return Object.fromEntries(answers)
}

function minutesOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1440) return Number(text)
  throw new CommandError(`--minutes ${text} is no whole number from 1 to 1440`)
}
