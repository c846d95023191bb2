/** What a statement is about: one of the documents of a revision, or the head of the audit log. */
export type StatementAbout = 'edge' | 'client' | 'reveal' | 'access' | 'audit'

/** What the store signs of each document that it gives away. */
export interface Statement {
  readonly environment: string
  readonly document: StatementAbout
  readonly revision: number
  /** When it was signed, in milliseconds since 1970. Of two statements of an environment the later has the greater. */
  readonly issued: number
  /** From then on nobody should adopt it: who kept it back would keep readers behind. */
  readonly expires: number
  /** SHA-256 of the document's bytes, in base64url. */
  readonly digest: string
}

/** A public key that signs statements: a JSON Web Key for Ed25519, with its name. */
export interface TrustedKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly kid: string
  readonly x: string
}

/** Gives what a statement says of these bytes. Rejects when it is not signed by a trusted key, or not about them. */
export type Verifier = (statement: string, document: StatementAbout, bytes: Uint8Array) => Promise<Statement>

const NO_ED25519 = 'this platform verifies no Ed25519 signatures, so nothing signed can be adopted'

/**
 * Makes what `createVerifier` promises, in a file of its own: few pages verify, and only those load it. It therefore
 * imports nothing.
 */
export function verifierOf(keys: readonly TrustedKey[]): Verifier {
  const open = openerOf(keys)
  return async (statement, document, bytes) => {
    const said = (await open(statement)) as Statement
    if (said.document !== document) throw new Error(`the statement is about ${said.document}`)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource))
    const claimed = fromBase64url(String(said.digest))
    const isSame = claimed.length === digest.length && digest.every((byte, at) => byte === claimed[at])
    if (!isSame) throw new Error('the statement is about other bytes')
    return said
  }
}

/** Gives what a compact JSON Web Signature says. Rejects when none of the keys signed it. */
export function openerOf(keys: readonly TrustedKey[]): (signed: string) => Promise<object> {
  // Keys and no promises of them: on some platforms what one request began, and did not end, never ends for others.
  const imported = new Map<string, CryptoKey>()
  const keyOf = async (kid: string): Promise<CryptoKey> => {
    const key = imported.get(kid) ?? (await importKey(keys.find((one) => one.kid === kid)))
    imported.set(kid, key)
    return key
  }
  return async (signed) => {
    const [header = '', payload = '', signature = '', ...more] = signed.split('.')
    if (more.length > 0) throw new Error('the statement is not of three parts')
    const { alg, kid } = parseObject<{ alg?: unknown; kid?: unknown }>(header)
    if (alg !== 'EdDSA') throw new Error('the statement is not signed with EdDSA')
    const key = await keyOf(String(kid))
    const bytes = new TextEncoder().encode(`${header}.${payload}`)
    const isGenuine = await crypto.subtle.verify('Ed25519', key, fromBase64url(signature), bytes)
    if (!isGenuine) throw new Error(`the signature is not of key ${kid}`)
    return parseObject<object>(payload)
  }
}

async function importKey(key: TrustedKey | undefined): Promise<CryptoKey> {
  if (key === undefined) throw new Error('the statement is signed by a key that is not trusted here')
  // Browsers have it on pages that came by HTTPS alone.
  if (!globalThis.crypto?.subtle) throw new Error(NO_ED25519)
  const { kty, crv, x } = key
  try {
    return await crypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify'])
  } catch (cause) {
    const isLacking = cause instanceof DOMException && cause.name === 'NotSupportedError'
    throw new Error(isLacking ? NO_ED25519 : `key ${key.kid} is no Ed25519 public key`)
  }
}

/** There is one way to write bytes: what `atob` would overlook, such as the last bits of the last letter, is refused. */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const standard = text.replace(/-/g, '+').replace(/_/g, '/')
  try {
    const binary = atob(standard)
    const isExact = btoa(binary).replace(/=+$/, '') === standard && !/[+/]/.test(text)
    if (isExact) return Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
  } catch {
    // Said below, as of whatever else is not base64url.
  }
  throw new Error('the statement is not base64url')
}

/** The object that a part of a statement is, in base64url. */
export function parseObject<T>(part: string): T {
  const bytes = fromBase64url(part)
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null) return value as T
  } catch {
    // Said below, as of whatever else is no object.
  }
  throw new Error('a part of the statement is no JSON object')
}
