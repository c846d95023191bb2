import type { TrustedKey, Verifier } from './verification.js'

export type { Statement, StatementAbout, TrustedKey, Verifier } from './verification.js'

/** A signed document that is not to be used, and why. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused'
}

/**
 * Makes a verifier that trusts these keys and no other.
 *
 * A statement is a compact JSON Web Signature (RFC 7515) with EdDSA (RFC 8037). What was signed is verified as it came,
 * and read only after that. The code and the keys are loaded at first use.
 */
export function createVerifier(keys: readonly TrustedKey[]): Verifier {
  let verifier: Verifier | undefined
  return async (...asked) => {
    const { verifierOf } = await import('./verification.js')
    verifier ??= verifierOf(keys)
    return await verifier(...asked).catch((cause: Error) => {
      throw new StatementRefused(cause.message)
    })
  }
}

/** SHA-256 in base64url. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)))
}

export function toBase64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
