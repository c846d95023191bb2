import { digestOf, type Statement, type StatementAbout, type TrustedKey, toBase64url } from 'fader'
import type { Preview } from '../operate/preview.ts'
import type { Signed } from './bundle.ts'

/** A private key as it is configured: the JSON Web Key that `fader keys new` wrote. */
export interface SigningKey extends TrustedKey {
  readonly d: string
}

/** Of what, and at which moment, a document is signed. */
export type Moment = Pick<Statement, 'environment' | 'revision' | 'issued' | 'expires'>

/** Makes statements in the form that `createVerifier` of the package reads. */
export class Signer {
  readonly #kid: string
  readonly #key: Promise<CryptoKey>

  constructor({ kty, crv, x, d, kid }: SigningKey) {
    this.#kid = kid
    this.#key = crypto.subtle.importKey('jwk', { kty, crv, x, d }, { name: 'Ed25519' }, false, ['sign'])
    // Whoever signs hears of it; nobody has to be waiting now.
    this.#key.catch(() => undefined)
  }

  async sign(document: StatementAbout, bytes: Uint8Array, moment: Moment): Promise<Signed> {
    const statement: Statement = { ...moment, document, digest: await digestOf(bytes) }
    return { bytes, statement: await this.#seal(statement) }
  }

  /** Signs a preview, which has in itself what it is about. */
  preview(preview: Preview): Promise<string> {
    return this.#seal(preview)
  }

  async #seal(content: Statement | Preview): Promise<string> {
    const head = encode({ alg: 'EdDSA', kid: this.#kid, typ: 'fader' })
    const signed = `${head}.${encode(content)}`
    const signature = await crypto.subtle.sign('Ed25519', await this.#key, new TextEncoder().encode(signed))
    return `${signed}.${toBase64url(new Uint8Array(signature))}`
  }
}

function encode(value: object): string {
  return toBase64url(new TextEncoder().encode(JSON.stringify(value)))
}
