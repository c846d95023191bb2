import { toBase64url } from 'fader'
import { isObject } from '../json.ts'
import { Problem } from '../problem.ts'

/** What a visitor may be told apart by. What else stands among units is left out. */
const NAMES = ['userId', 'deviceId', 'orgId', 'sessionId'] as const
const LONGEST_UNIT = 256
/** So many bytes of a hash tell all units apart that there will ever be. */
const HASH_BYTES = 16

interface PseudonymsOptions {
  readonly environment: string
  /** What the key is derived from; absent where none is configured. */
  readonly secret: string | undefined
}

/**
 * Gives units other names, so that no ledger ever has one in the clear.
 *
 * They are keyed hashes: whoever has a ledger and no key cannot try units out. The key is derived from the secret with
 * the environment in it, so that one and the same visitor has another name in each environment.
 */
export class Pseudonyms {
  readonly #options: PseudonymsOptions
  #key: CryptoKey | undefined

  constructor(options: PseudonymsOptions) {
    this.#options = options
  }

  /** The hashes of what a sender calls units, by their names and as JSON; undefined where something else stands there. */
  async of(units: unknown): Promise<string | undefined> {
    if (!isObject(units)) return undefined
    const given = NAMES.filter((name) => units[name] !== undefined)
    if (!given.every((name) => isUnit(units[name]))) return undefined
    const key = await this.#theKey()
    const hashed = await Promise.all(given.map(async (name) => [name, await hash(key, `${name}\n${units[name]}`)]))
    return JSON.stringify(Object.fromEntries(hashed))
  }

  /** The key is kept, and not a promise of it: one that a request was cut off in would never come. */
  async #theKey(): Promise<CryptoKey> {
    const { environment, secret } = this.#options
    if (secret === undefined) {
      throw new Problem('ledger-unavailable', 'No SIGNING_KEY is configured, of which the key for units is made.', {
        headers: { 'retry-after': '60' },
      })
    }
    this.#key ??= await derived(secret, `fader units\n${environment}`)
    return this.#key
  }
}

function isUnit(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_UNIT && value.isWellFormed()
}

async function derived(secret: string, purpose: string): Promise<CryptoKey> {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const base = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes(purpose) }
  return await crypto.subtle.deriveKey(how, base, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])
}

async function hash(key: CryptoKey, text: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return toBase64url(new Uint8Array(mac, 0, HASH_BYTES))
}
