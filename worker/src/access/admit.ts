import type { Call, Services } from '../call.ts'
import { bytesOfHex, sha256Hex } from '../hex.ts'
import { Problem } from '../problem.ts'
import { type Access, rights } from './rights.ts'
import type { Actor, Caller } from './token.ts'

const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i
const TOKEN = /^[A-Za-z0-9._~+/-]{1,512}=*$/

/**
 * Says who asks when they may call a route, and throws otherwise. What is not understood is refused.
 *
 * A token comes as `Authorization: Bearer`, or as `X-API-Key`, as the flag protocol's clients send it.
 */
export async function admit(access: Access, call: Omit<Call, 'caller'>): Promise<Caller> {
  const { request, services, waitUntil } = call
  if (access === 'anyone') return { kind: 'anyone' }
  // What is no right, by a slip that the types did not see, is held by nobody.
  const holders = Object.hasOwn(rights, access) ? rights[access] : { kinds: [], roles: [] }
  const token = tokenOf(request)
  const digest = await sha256Hex(token)
  if (holders.kinds.length > 0) await services.edge.ready(waitUntil)
  const entry = services.edge.entryOf(digest)
  if (entry !== undefined) {
    if (holders.kinds.some((kind) => kind === entry.kind)) return { kind: entry.kind, entry }
    throw new Problem('right-missing', `A token of kind ${entry.kind} may not do this.`)
  }
  if (holders.roles.length === 0) throw refused()
  const actor = await actorOf(digest, services)
  if (!holders.roles.some((role) => role === actor.role)) {
    throw new Problem('right-missing', `The role ${actor.role} may not do this.`)
  }
  return { kind: 'admin', actor }
}

async function actorOf(digest: string, services: Services): Promise<Actor> {
  const { adminTokenDigest } = services.settings
  // Digests are compared, not tokens: they are all of one length, and the time taken says nothing about the token.
  if (adminTokenDigest !== undefined && crypto.subtle.timingSafeEqual(bytesOfHex(digest), adminTokenDigest)) {
    return { id: 'root', name: 'root', role: 'admin', kind: 'person' }
  }
  const actor = await services.store().actor(digest)
  if (actor === null) throw refused()
  return actor
}

function tokenOf(request: Request): string {
  const header = request.headers.get('authorization')
  const key = request.headers.get('x-api-key')
  const token = header === null ? key : BEARER.exec(header)?.[1]
  if (header === null && key === null) {
    throw new Problem('token-missing', 'Send a token as `Authorization: Bearer …`.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  if (token === undefined || token === null || !TOKEN.test(token)) throw refused()
  return token
}

function refused(): Problem {
  return new Problem('token-refused', 'The token is not one of this worker, or not any more.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
