#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { audit } from './cli/audit.js'
import { bundle } from './cli/bundle.js'
import { check } from './cli/check.js'
import { type Command, CommandError } from './cli/command.js'
import { compile } from './cli/compile.js'
import { diff } from './cli/diff.js'
import { evaluate } from './cli/eval.js'
import { keys } from './cli/keys.js'
import { kill } from './cli/kill.js'
import { preview } from './cli/preview.js'
import { publish } from './cli/publish.js'
import { schema } from './cli/schema.js'
import { token } from './cli/token.js'
import { types } from './cli/types.js'
import { validate } from './cli/validate.js'

const commands: Record<string, Command> = {
  ...{ validate, check, compile, eval: evaluate, diff, types, schema },
  ...{ publish, kill, preview, token, keys, bundle, audit },
}

const help = `fader: feature flags from the command line

  fader validate DEFINITION             every issue, with its place and mend
  fader check DEFINITION                what is amiss with a definition that has no issues
  fader compile DEFINITION -o FILE      a snapshot that engines load
  fader eval DEFINITION|SNAPSHOT …      what flags give for a context
  fader diff OLD NEW                    what is different between two definitions, and for whom
  fader types DEFINITION -o FILE        the flags as TypeScript, for typed clients
  fader schema [-o FILE]                the JSON Schema by which editors complete definitions

With a worker, at --url URL and with the token in FADER_TOKEN:

  fader publish DEFINITION --why TEXT   the next revision
  fader kill FLAG                       its safe variant for everybody, now
  fader preview FLAG=VARIANT…           a signed link that shows these variants to whoever opens it
  fader token new|list|revoke           who may ask the worker for what
  fader bundle -o FILE                  what isolates evaluate from, signed, to deploy with the worker
  fader audit export|verify             who did what and why, and whether that is still as it was written
  fader keys new|public                 the keys by which revisions are signed

Say "fader COMMAND --help" for its options, and "fader --version" for the version.
A file named - is standard input.
`

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help)
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    process.stdout.write(`${version}\n`)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined)
    throw new CommandError(`there is no command \`${name}\`; say "fader --help" for those there are`)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(command.help)
    return 0
  }
  return await command.run(args)
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`fader: the output cannot be written: ${error.message}\n`)
  process.exit(2)
})
process.stderr.on('error', () => {})

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (cause) {
  if (!(cause instanceof CommandError)) throw cause
  process.stderr.write(`fader: ${cause.message}\n`)
  process.exitCode = cause.exitStatus
}
