import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'

/** A token of one kind, as whoever needs one makes it. */
export const newToken = (kind) => `fader_${kind}_${randomBytes(32).toString('base64url')}`

export const digestOf = (token) => createHash('sha256').update(token).digest('hex')

/** A private key as `SIGNING_KEY` wants it. */
export function newSigningKey(kid) {
  return { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid }
}
