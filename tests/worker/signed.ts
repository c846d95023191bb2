import { loadControl } from 'fader'
import type { AccessEntry } from '../../worker/src/access/token.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { type Bundle, encodeReveal, type Head } from '../../worker/src/revision/bundle.ts'
import { type Moment, Signer, type SigningKey } from '../../worker/src/revision/signer.ts'
import { env } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

/** The key that the isolates of the tests trust. */
export const signingKey: SigningKey = JSON.parse(env.SIGNING_KEY ?? '')

interface Wish extends Partial<Moment> {
  readonly definition?: string
  readonly key?: SigningKey
}

const DAY_MS = 24 * 3600_000

/** A bundle as a store would give it, made without one. */
export async function signedBundle({ definition = DEFINITION, key = signingKey, ...wished }: Wish): Promise<Bundle> {
  const issued = wished.issued ?? Date.now()
  const moment = { environment: 'production', revision: 1, expires: issued + DAY_MS, ...wished, issued }
  const { environment, revision } = moment
  const control = await loadControl()
  const text = JSON.stringify({ ...JSON.parse(definition), environment, revision })
  const compiled = (projection: 'edge' | 'client') => {
    const { issues, snapshot } = control.compile(text, projection)
    if (snapshot === undefined || issues.length > 0) throw new Error(JSON.stringify(issues))
    return snapshot
  }
  const signer = new Signer(key)
  const [edge, client, reveal, access] = await Promise.all([
    signer.sign('edge', compiled('edge'), moment),
    signer.sign('client', compiled('client'), moment),
    signer.sign('reveal', encodeReveal(new Map([['search', 'value']])), moment),
    signer.sign('access', new TextEncoder().encode(JSON.stringify(await tokens())), moment),
  ])
  return { edge, client, reveal, access }
}

async function tokens(): Promise<AccessEntry[]> {
  return [
    { id: 'c', kind: 'client', digest: await sha256Hex(CLIENT_TOKEN) },
    { id: 'e', kind: 'edge', digest: await sha256Hex(EDGE_TOKEN) },
  ]
}

/** What a store says of a bundle. */
export function headOf({ access }: Bundle): Head {
  const [, payload = ''] = access.statement.split('.')
  const { revision, issued } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  return { revision, issued }
}

/** A new private key. */
export async function newKey(kid: string): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '', d = '' } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey
  return { kty: 'OKP', crv: 'Ed25519', kid, x, d }
}
