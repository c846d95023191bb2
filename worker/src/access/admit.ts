import type { Call } from '../call.ts'
import { bytesOfHex } from '../hex.ts'
import { Problem } from '../problem.ts'
import type { RateClass } from './limit.ts'
import { type Places, type Presented, presentedBy, refusedToken } from './presented.ts'
import { type Access, rights } from './rights.ts'
import type { AccessEntry, Actor, Caller } from './token.ts'

/** What a route says of who may call it, and how often where that is not its right's rate. */
export interface Gate {
  readonly access: Access
  readonly rate?: RateClass
  /** Where its token may stand, where that is more than headers. */
  readonly places?: Places
}

type Asked = Omit<Call, 'caller'>
type Holders = (typeof rights)[keyof typeof rights]
type Rated = RateClass | 'unlimited'

/**
 * Says who asks when they may call a route, and throws otherwise. What is not understood is refused.
 *
 * A caller is counted by their token. A client token is everybody's, so there it is each address that is counted, and
 * one that means harm does not take the others' share.
 */
export async function admit(gate: Gate, asked: Asked): Promise<Caller> {
  const { limits } = asked.services
  if (gate.access === 'anyone') {
    const address = addressOf(asked.request)
    if (address !== null) limits.take(gate.rate ?? 'open', address)
    return { kind: 'anyone' }
  }
  // What is no right, by a slip that the types did not see, is held by nobody.
  const holders: Holders | undefined = Object.hasOwn(rights, gate.access) ? rights[gate.access] : undefined
  const rate = gate.rate ?? holders?.rate ?? 'refused'
  try {
    const caller = await callerOf(presentedBy(asked.request, gate.places), holders, rate, asked)
    if (rate !== 'unlimited') limits.take(rate, counted(caller, asked.request))
    return caller
  } catch (thrown) {
    throw countRefusal(thrown, rate, asked)
  }
}

async function callerOf(
  { token, inAddress }: Presented,
  holders: Holders | undefined,
  rate: Rated,
  asked: Asked,
): Promise<Caller> {
  const { edge, knownKeys } = asked.services
  const known = knownKeys.digestOf(token)
  const digest = typeof known === 'string' ? known : await known
  const kinds: readonly string[] = holders?.kinds ?? []
  const roles: readonly string[] = holders?.roles ?? []
  const cold = kinds.length > 0 ? await coldness(asked) : undefined
  // Looking a digest up takes more or less time with its own bytes, which say nothing about the token it is of.
  const entry = edge.entryOf(digest)
  if (entry?.kind === 'client') knownKeys.keep(token, digest)
  if (entry !== undefined && (entry.kind === 'client' || !inAddress)) return holderOf(entry, token, kinds, asked)
  // A secret in an address stands in logs and histories; it is not told whether it is a good one.
  if (inAddress || roles.length === 0) throw cold ?? refusedToken()
  const actor = await actorOf(digest, rate, asked)
  if (actor === null) throw cold ?? refusedToken()
  if (roles.includes(actor.role)) return { kind: 'admin', actor }
  throw new Problem('right-missing', `The role ${actor.role} may not do this.`)
}

/**
 * Waits until this isolate knows any tokens. Gives why it does not: people may have their way nevertheless, because
 * whose token theirs is, the store is asked.
 */
async function coldness({ services, waitUntil }: Asked): Promise<unknown> {
  try {
    await services.edge.ready(waitUntil)
    return undefined
  } catch (cause) {
    return cause
  }
}

function holderOf(entry: AccessEntry, token: string, kinds: readonly string[], { request }: Asked): Caller {
  if (!kinds.includes(entry.kind)) {
    throw new Problem('right-missing', `A token of kind ${entry.kind} may not do this.`)
  }
  if (entry.kind === 'edge') return { kind: 'edge', entry }
  const origin = entry.origins === undefined ? null : request.headers.get('origin')
  // Whoever sends no Origin is no page, and could send any: the key is public. The bound keeps other people's pages out.
  if (origin === null || entry.origins?.includes(origin)) return { kind: 'client', entry, token }
  throw new Problem('origin-refused', 'This token is for the pages of other origins.', { headers: { vary: 'Origin' } })
}

async function actorOf(digest: string, rate: Rated, { services, request }: Asked): Promise<Actor | null> {
  const { adminTokenDigest } = services.settings
  // Digests are compared, not tokens: they are all of one length, and the time taken says nothing about the token.
  if (adminTokenDigest !== undefined && crypto.subtle.timingSafeEqual(bytesOfHex(digest), adminTokenDigest)) {
    return { id: 'root', name: 'root', role: 'admin', kind: 'person' }
  }
  const address = addressOf(request)
  // The store is one for all isolates, so guesses are not taken there without end.
  if (rate !== 'unlimited' && address !== null) services.limits.check('refused', address)
  return await services.store().actor(digest)
}

function counted(caller: Caller, request: Request): string {
  if (caller.kind === 'admin') return caller.actor.id
  if (caller.kind === 'client') return `${caller.entry.id} ${addressOf(request) ?? ''}`
  return caller.kind === 'edge' ? caller.entry.id : ''
}

/** Gives the refusal, or in its place that there were too many of them from this address. */
function countRefusal(thrown: unknown, rate: Rated, { services, request }: Asked): unknown {
  const isRefusal = thrown instanceof Problem && (thrown.status === 401 || thrown.status === 403)
  const address = addressOf(request)
  if (!isRefusal || rate === 'unlimited' || address === null) return thrown
  try {
    services.limits.take('refused', address)
    return thrown
  } catch (tooMany) {
    return tooMany
  }
}

/** Whose request it is as the platform says, where it does: nobody else is believed, and nobody is guessed. */
function addressOf(request: Request): string | null {
  return request.headers.get('cf-connecting-ip')
}
