import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { Statement, TrustedKey } from 'fader'

/** A key pair, as `fader keys new` makes one. */
export function newKey(kid: string) {
  const secret = generateKeyPairSync('ed25519').privateKey
  const { x = '' } = secret.export({ format: 'jwk' })
  const trusted: TrustedKey = { kty: 'OKP', crv: 'Ed25519', kid, x }
  return { trusted, secret }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What a worker says of a snapshot, signed by node:crypto and not by what is tested. */
export function statementOf(
  snapshot: Uint8Array,
  said: Partial<Statement>,
  { trusted, secret }: ReturnType<typeof newKey>,
) {
  const issued = Date.now()
  const digest = createHash('sha256').update(snapshot).digest('base64url')
  const statement = {
    environment: 'test',
    document: 'client',
    revision: 1,
    issued,
    expires: issued + 60_000,
    digest,
    ...said,
  }
  const text = `${encode({ alg: 'EdDSA', kid: trusted.kid, typ: 'fader' })}.${encode(statement)}`
  return `${text}.${sign(null, Buffer.from(text), secret).toString('base64url')}`
}

/** What the store signs of a preview: some answers, for whoever has the link. */
export function previewOf(said: Readonly<Record<string, unknown>>, { trusted, secret }: ReturnType<typeof newKey>) {
  const text = `${encode({ alg: 'EdDSA', kid: trusted.kid, typ: 'fader' })}.${encode({ ...preview(), ...said })}`
  return `${text}.${sign(null, Buffer.from(text), secret).toString('base64url')}`
}

/** The same, signed by nobody. */
export const unsignedOf = (said: Readonly<Record<string, unknown>>) => `any.${encode({ ...preview(), ...said })}`

const preview = () => ({
  environment: 'test',
  document: 'preview',
  issued: Date.now(),
  expires: Date.now() + 60_000,
  answers: { title: { variant: 'loud', value: 'LOUD' } },
})
