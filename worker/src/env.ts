import { report } from './log.ts'
import type { FlagStore } from './objects/flag-store.ts'

/** What the platform gives the worker: bindings, variables and secrets, as configured and not yet checked. */
export interface Env {
  readonly FLAG_STORE: DurableObjectNamespace<FlagStore>
  readonly ASSETS: Fetcher
  readonly ENVIRONMENT: string
  readonly REFRESH_INTERVAL_MS: string
  /** A secret: the lowercase hex SHA-256 of the admin token. */
  readonly ADMIN_TOKEN_DIGEST?: string
}

/** The variables, checked and in the types that the code wants. */
export interface Settings {
  readonly environment: string
  readonly refreshIntervalMs: number
  /** Absent when no usable digest is configured, and then no admin call is let in. */
  readonly adminTokenDigest: Uint8Array | undefined
}

const ENVIRONMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/
const SHA256_HEX = /^[0-9a-f]{64}$/

/**
 * Checks the variables, once for an isolate.
 *
 * Throws with the name of the first variable that is wrong: a deployment that cannot work should say so at its first
 * request. A wrong token digest is the exception, because a slip in a secret must close the admin routes only, and
 * leave the flags answering.
 */
export function parseSettings(env: Env): Settings {
  return {
    environment: parseEnvironment(env.ENVIRONMENT),
    refreshIntervalMs: parseInterval(env.REFRESH_INTERVAL_MS),
    adminTokenDigest: parseDigest(env.ADMIN_TOKEN_DIGEST),
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

function parseDigest(text: unknown): Uint8Array | undefined {
  if (text === undefined || text === '') return undefined
  if (typeof text === 'string' && SHA256_HEX.test(text)) return bytesOfHex(text)
  // What was configured may be the token itself, put there by mistake, so it is not repeated here.
  report('ADMIN_TOKEN_DIGEST is not 64 lowercase hex digits: every admin call is refused')
  return undefined
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
}
