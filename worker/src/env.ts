import type { TrustedKey } from 'fader'
import { parseRates, type Rates } from './access/limit.ts'
import { bytesOfHex } from './hex.ts'
import { readVariable } from './json.ts'
import { report } from './log.ts'
import type { FlagStore } from './objects/flag-store.ts'
import type { Ledger } from './objects/ledger.ts'
import type { SigningKey } from './revision/signer.ts'
import { parseSitePaths, type SitePaths } from './site-paths.ts'

/** What the platform gives the worker: bindings, variables and secrets, as configured and not yet checked. */
export interface Env {
  readonly FLAG_STORE: DurableObjectNamespace<FlagStore>
  readonly LEDGER: DurableObjectNamespace<Ledger>
  /** Over how many objects events are spread. */
  readonly LEDGER_SHARDS?: string
  /** Copies of bundles, for readers that the store does not answer. */
  readonly BUNDLES?: KVNamespace
  readonly ASSETS: Fetcher
  readonly ENVIRONMENT: string
  readonly REFRESH_INTERVAL_MS: string
  /** Public keys that isolates trust, as a JSON Web Key Set. By default that of SIGNING_KEY. */
  readonly TRUSTED_KEYS?: unknown
  /** Origins and routes of traffic, as JSON. */
  readonly TRAFFIC?: unknown
  /** Other names of routes for clients, as JSON: `{ "/x7/a": "/v1/stream" }`. */
  readonly PATHS?: unknown
  /** How often callers may call, as JSON, where the rates of `access/limit.ts` do not fit. */
  readonly RATE_LIMITS?: unknown
  /** The public client token that this worker's own pages use. */
  readonly PAGE_KEY?: string
  /** Where events of evaluations go, as OTLP over HTTP, and which share of them. */
  readonly OTLP_ENDPOINT?: string
  readonly OTLP_RATIO?: string
  /** A secret: the lowercase hex SHA-256 of the admin token. */
  readonly ADMIN_TOKEN_DIGEST?: string
  /** A secret: the private JSON Web Key that signs revisions. */
  readonly SIGNING_KEY?: string
  /** A secret: the keys that sign visitors' cookies, `id:secret` with commas between; the first signs, all verify. */
  readonly COOKIE_KEYS?: string
}

/** The variables, checked and in the types that the code wants. */
export interface Settings {
  readonly environment: string
  readonly refreshIntervalMs: number
  /** Absent when no usable digest is configured, and then the admin token of the configuration lets nobody in. */
  readonly adminTokenDigest: Uint8Array | undefined
  /** Absent when none is configured, and then nothing can be published. */
  readonly signingKey: SigningKey | undefined
  readonly trustedKeys: readonly TrustedKey[]
  readonly pageKey: string | undefined
  readonly rates: Rates
  readonly paths: SitePaths
  readonly ledgerShards: number
  /** Absent when no events of evaluations are sent. */
  readonly events: EventSettings | undefined
}

/** Where events of evaluations go, and which share of the traces. */
export interface EventSettings {
  /** Where to post to, as OTLP over HTTP. */
  readonly url: string
  /** Above 0, and 1 for all. */
  readonly ratio: number
}

const ENVIRONMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/
/** How many ledgers there are where nothing is said, and how many there may be: each question about all asks each. */
const SHARDS = 4
const MOST_SHARDS = 256
const SHA256_HEX = /^[0-9a-f]{64}$/

/**
 * Checks the variables, once for an isolate.
 *
 * Throws with the name of the first variable that is wrong: a deployment that cannot work should say so at its first
 * request. Secrets are the exception, because a slip in one must close what needs it only, and leave the flags
 * answering.
 */
export function parseSettings(env: Env): Settings {
  const signingKey = parseSigningKey(env.SIGNING_KEY)
  return {
    environment: parseEnvironment(env.ENVIRONMENT),
    refreshIntervalMs: parseInterval(env.REFRESH_INTERVAL_MS),
    adminTokenDigest: parseDigest(env.ADMIN_TOKEN_DIGEST),
    signingKey,
    trustedKeys: parseTrustedKeys(env.TRUSTED_KEYS) ?? (signingKey === undefined ? [] : [publicPart(signingKey)]),
    pageKey: env.PAGE_KEY === '' ? undefined : env.PAGE_KEY,
    events: parseEvents(env),
    rates: parseRates(env.RATE_LIMITS),
    paths: parseSitePaths(env.PATHS),
    ledgerShards: parseShards(env.LEDGER_SHARDS),
  }
}

function parseEnvironment(text: unknown): string {
  if (typeof text === 'string' && ENVIRONMENT_NAME.test(text)) return text
  throw new Error(`ENVIRONMENT must be a name such as "production", and is ${JSON.stringify(text)}`)
}

function parseInterval(text: unknown): number {
  const intervalMs = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN
  if (Number.isSafeInteger(intervalMs) && intervalMs >= 1) return intervalMs
  throw new Error(`REFRESH_INTERVAL_MS must be a whole number of milliseconds from 1, and is ${JSON.stringify(text)}`)
}

function parseShards(text: unknown = ''): number {
  if (text === '') return SHARDS
  const shards = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN
  if (Number.isSafeInteger(shards) && shards >= 1 && shards <= MOST_SHARDS) return shards
  throw new Error(`LEDGER_SHARDS must be a whole number from 1 to ${MOST_SHARDS}, and is ${JSON.stringify(text)}`)
}

function parseEvents({ OTLP_ENDPOINT: endpoint = '', OTLP_RATIO: share = '0' }: Env): EventSettings | undefined {
  const ratio = share.trim() === '' ? 0 : Number(share)
  if (!(ratio >= 0 && ratio <= 1))
    throw new Error(`OTLP_RATIO must be a number from 0 to 1, and is ${JSON.stringify(share)}`)
  if (endpoint === '' || ratio === 0) return undefined
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) {
    return { url: `${endpoint.replace(/\/+$/, '')}/v1/logs`, ratio }
  }
  throw new Error('OTLP_ENDPOINT must be the address of a collector, such as "https://collector.example.com"')
}

function parseDigest(text: unknown): Uint8Array | undefined {
  if (text === undefined || text === '') return undefined
  if (typeof text === 'string' && SHA256_HEX.test(text)) return bytesOfHex(text)
  // What was configured may be the token itself, put there by mistake, so it is not repeated here.
  report('ADMIN_TOKEN_DIGEST is not 64 lowercase hex digits: its token lets nobody in')
  return undefined
}

function parseSigningKey(text: unknown): SigningKey | undefined {
  if (text === undefined || text === '') return undefined
  const key = readVariable(text) as Partial<SigningKey> | null | undefined
  if (isPublicKey(key) && 'd' in key && typeof key.d === 'string') return { ...publicPart(key), d: key.d }
  report('SIGNING_KEY is no private key of `fader keys new`: nothing can be published')
  return undefined
}

function parseTrustedKeys(value: unknown): readonly TrustedKey[] | undefined {
  if (value === undefined || value === '') return undefined
  const keys = (readVariable(value) as { keys?: unknown } | undefined)?.keys
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey)) return keys.map(publicPart)
  throw new Error('TRUSTED_KEYS must be a JSON Web Key Set of Ed25519 public keys, as `fader keys public` prints it')
}

function isPublicKey(key: Partial<TrustedKey> | null | undefined): key is TrustedKey {
  return key?.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.kid === 'string' && typeof key.x === 'string'
}

function publicPart({ kty, crv, kid, x }: TrustedKey): TrustedKey {
  return { kty, crv, kid, x }
}
