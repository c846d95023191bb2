import type { TrustedKey } from '../statement.js'
import { CommandError, readText } from './command.js'

/** A JSON Web Key Set, as TRUSTED_KEYS takes it. */
export interface KeySet {
  readonly keys: readonly TrustedKey[]
}

type Loose = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The public keys in a file: a key, private or public, or a set of them. What is private is left behind. */
export function readKeys(file: string): TrustedKey[] {
  const value = parse(file)
  const listed = isObject(value) && Array.isArray(value.keys) ? (value.keys as unknown[]) : [value]
  if (listed.length === 0) throw new CommandError(`${file} has no key in it`)
  return listed.map((key) => publicPart(key, file))
}

/** Joins the keys of some files. One name for two keys would leave it open which of them signed. */
export function joinKeys(keys: readonly TrustedKey[]): KeySet {
  const byId = new Map<string, TrustedKey>()
  for (const key of keys) {
    const known = byId.get(key.kid)
    if (known !== undefined && known.x !== key.x)
      throw new CommandError(`two keys are named ${key.kid}; give one of them another --id`)
    byId.set(key.kid, key)
  }
  return { keys: [...byId.values()] }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readText(file))
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    // What the parser says would repeat a piece of the file, which may be a private key.
    throw new CommandError(`${file} is not JSON`)
  }
}

function publicPart(key: unknown, file: string): TrustedKey {
  const isKey = isObject(key) && key.kty === 'OKP' && key.crv === 'Ed25519'
  if (isKey && typeof key.kid === 'string' && typeof key.x === 'string')
    return { kty: 'OKP', crv: 'Ed25519', kid: key.kid, x: key.x }
  throw new CommandError(`${file} is no Ed25519 key with a name, as \`fader keys new\` writes it`)
}
