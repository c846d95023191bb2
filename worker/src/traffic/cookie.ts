import { toBase64url } from 'fader'
import { report } from '../log.ts'

/** A secret that signs visitors' cookies. */
interface CookieKey {
  readonly id: string
  readonly secret: string
}

/** What a cookie said of a visitor. */
export interface Known {
  readonly deviceId: string
  /** True when it should be written anew: more than half of its time is over, or an older key signed it. */
  readonly isAging: boolean
}

interface CookiesOptions {
  readonly environment: string
  /** `id:secret` with commas between; the first signs, all verify. */
  readonly keys: string | undefined
  readonly now?: () => number
}

const MAX_AGE_S = 365 * 24 * 3600
/** Cookies that were verified lately, of one isolate. */
const REMEMBERED = 10_000
const LONGEST_VALUE = 256
const KEY = /^([A-Za-z0-9_-]{1,32}):([^,]{16,})$/
const VALUE =
  /^(v1\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,12})\.([A-Za-z0-9_-]{1,32}))\.([A-Za-z0-9_-]{43})$/

interface Remembered {
  readonly deviceId: string
  readonly expiresS: number
  readonly keyId: string
}

/**
 * Writes and reads the cookie that says which device a visitor has.
 *
 * It decides what they are drawn by and gives no right to anything. What is not of this environment, or of no key that
 * is known, is as good as no cookie.
 */
export class Cookies {
  readonly #environment: string
  readonly #keys: readonly CookieKey[]
  readonly #now: () => number
  readonly #imported = new Map<string, CryptoKey>()
  readonly #remembered = new Map<string, Remembered>()

  constructor({ environment, keys, now = Date.now }: CookiesOptions) {
    this.#environment = environment
    this.#keys = parseCookieKeys(keys)
    this.#now = now
  }

  /** False where there are no keys: then nobody gets a cookie. */
  get areOn(): boolean {
    return this.#keys.length > 0
  }

  /** Whom the cookie is of, if it is one of ours. Rejects never, whatever was sent. */
  async read(request: Request, isSecure: boolean): Promise<Known | undefined> {
    const header = this.areOn ? request.headers.get('cookie') : null
    const value = header === null ? undefined : cookieOf(header, nameOf(isSecure))
    if (value === undefined || value.length > LONGEST_VALUE) return undefined
    const known = this.#remembered.get(value) ?? (await this.#verify(value))
    const leftS = known === undefined ? 0 : known.expiresS - this.#now() / 1000
    if (known === undefined || leftS <= 0 || leftS > MAX_AGE_S + 1) return undefined
    const isAging = leftS < MAX_AGE_S / 2 || known.keyId !== this.#keys[0]?.id
    return { deviceId: known.deviceId, isAging }
  }

  /** The `Set-Cookie` that gives a visitor this id for a year. */
  async write(deviceId: string, isSecure: boolean): Promise<string> {
    const [key] = this.#keys
    if (key === undefined) throw new Error('there is no key to sign cookies with')
    const expiresS = Math.floor(this.#now() / 1000) + MAX_AGE_S
    const said = `v1.${deviceId}.${expiresS}.${key.id}`
    const mac = await crypto.subtle.sign('HMAC', await this.#import(key), this.#signed(said))
    const value = `${said}.${toBase64url(new Uint8Array(mac))}`
    this.#remember(value, { deviceId, expiresS, keyId: key.id })
    const secure = isSecure ? '; Secure' : ''
    return `${nameOf(isSecure)}=${value}; Path=/; Max-Age=${MAX_AGE_S}; HttpOnly; SameSite=Lax${secure}`
  }

  async #verify(value: string): Promise<Remembered | undefined> {
    const [, said = '', deviceId = '', expires, keyId = '', mac = ''] = VALUE.exec(value) ?? []
    const key = this.#keys.find(({ id }) => id === keyId)
    if (key === undefined) return undefined
    const isOurs = await crypto.subtle.verify('HMAC', await this.#import(key), fromBase64url(mac), this.#signed(said))
    if (!isOurs) return undefined
    const known = { deviceId, expiresS: Number(expires), keyId }
    this.#remember(value, known)
    return known
  }

  /** The environment belongs to what is signed, so that a cookie of another one is none here. */
  #signed(said: string): Uint8Array {
    return new TextEncoder().encode(`${this.#environment}\n${said}`)
  }

  /** Keys are kept, and not promises of them: one that a request was cut off in would never come. */
  async #import({ id, secret }: CookieKey): Promise<CryptoKey> {
    const known = this.#imported.get(id)
    if (known !== undefined) return known
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const bytes = new TextEncoder().encode(secret)
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
    this.#imported.set(id, key)
    return key
  }

  /** The oldest is forgotten, which costs one verification. What was refused is not kept: anybody can send that. */
  #remember(value: string, known: Remembered): void {
    if (this.#remembered.size >= REMEMBERED) {
      const [oldest] = this.#remembered.keys()
      if (oldest !== undefined) this.#remembered.delete(oldest)
    }
    this.#remembered.set(value, known)
  }
}

/** A browser takes a cookie of the first name from this host alone, over TLS, for all paths; plain HTTP has none such. */
export function nameOf(isSecure: boolean): string {
  return isSecure ? '__Host-fader' : 'fader'
}

/** A request's cookies without ours, or null when there are no others. */
export function withoutOurs(header: string): string | null {
  const others = header.split(';').filter((pair) => !/^\s*(?:__Host-)?fader\s*(?:=|$)/.test(pair))
  return others.length === 0 ? null : others.join(';').trim()
}

/** The first cookie of this name. */
function cookieOf(header: string, name: string): string | undefined {
  const start = `${name}=`
  for (const pair of header.split(';')) {
    const trimmed = pair.trim()
    if (trimmed.startsWith(start)) return trimmed.slice(start.length)
  }
  return undefined
}

function parseCookieKeys(text: string | undefined): readonly CookieKey[] {
  if (text === undefined || text === '') return []
  const keys = text.split(',').flatMap((pair) => {
    const [, id, secret] = KEY.exec(pair.trim()) ?? []
    return id === undefined || secret === undefined ? [] : [{ id, secret }]
  })
  const areWhole = keys.length === text.split(',').length
  if (areWhole && new Set(keys.map(({ id }) => id)).size === keys.length) return keys
  // What was configured is a secret, so it is not repeated here.
  report(
    'COOKIE_KEYS is not `id:secret`, with other ids, secrets of 16 characters or more and commas between: no visitor gets a cookie',
  )
  return []
}

function fromBase64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}
