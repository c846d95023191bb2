import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { TrustedKey } from '../statement.js'
import { CommandError, readManyArgs, readOptions } from './command.js'
import { groupOf } from './group.js'
import { joinKeys, readKeys } from './key-set.js'
import { writeSecret } from './secret.js'

const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const help = `fader keys new [--id ID] [-o FILE]
fader keys public FILE…

Makes and shows the keys by which revisions are signed.

new makes an Ed25519 pair. The private key, a JSON Web Key, is the worker's secret SIGNING_KEY:
it goes into a new file that its owner alone may read, and is never shown on a terminal unless -o - says so.
The public key is printed as a JSON Web Key Set, for TRUSTED_KEYS.

  --id ID              the key's name in signatures; by default the date and four digits, like k-2026-11-21-4f2a
  -o, --output FILE    where the private key goes, by default ID.json; - is standard output, and then the
                       public key goes to standard error

public prints the JSON Web Key Set of one or more files, private or public. With the old key and the new one
it is what TRUSTED_KEYS is while one takes the place of the other.
`

export const keys = groupOf('keys', help, { new: make, public: show })

async function make(args: readonly string[]): Promise<number> {
  const values = readOptions(args, { id: { type: 'string' }, output: { type: 'string', short: 'o' } })
  const kid = values.id ?? idOf(new Date())
  if (!KEY_ID.test(kid)) throw new CommandError(`--id ${kid} is no name; write letters, digits, dots and hyphens`)
  const output = values.output ?? `${kid}.json`
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new CommandError('this Node makes no Ed25519 keys')
  const key: TrustedKey = { kty: 'OKP', crv: 'Ed25519', kid, x }
  writeSecret(output, `${JSON.stringify({ ...key, d })}\n`)
  print(output === '-' ? process.stderr : process.stdout, [key])
  if (output !== '-') process.stderr.write(`${output}: the private key ${kid}; keep it as the secret SIGNING_KEY\n`)
  return 0
}

async function show(args: readonly string[]): Promise<number> {
  const { files } = readManyArgs(args, {})
  if (files.length === 0) throw new CommandError('name the files of one or more keys')
  print(process.stdout, files.flatMap(readKeys))
  return 0
}

function print(stream: NodeJS.WritableStream, keys: readonly TrustedKey[]): void {
  stream.write(`${JSON.stringify(joinKeys(keys))}\n`)
}

function idOf(now: Date): string {
  return `k-${now.toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}`
}
