import type { Change } from 'fader'
import { rights } from '../access/rights.ts'
import { type Actor, roles, type Scope, type TokenRecord } from '../access/token.ts'
import { quote } from './edit.ts'
import type { FlagText, Ramp } from './flag-text.ts'
import type { Operation } from './operation.ts'

/** One thing that an operation changes. */
export interface Touched {
  readonly of: Change['of']
  readonly name: string
  /** Whose the flag is before and after, where it is there; `null` where it names nobody. */
  readonly owners: readonly (string | null)[]
}

/** An operation, or what changes no definition and is about flags nevertheless. */
type Act = Operation['kind'] | 'preview'

/** What somebody is about to do. */
export interface Aim {
  readonly kind: Act
  readonly touched: readonly Touched[]
  /** The greatest share that it gives to a rule or a stage, in percent. */
  readonly share?: number
}

/** The right that each act asks for. Roles hold them, as the table of rights says. */
const rightOf = {
  kill: 'kill',
  override: 'override',
  state: 'steer',
  stage: 'steer',
  traffic: 'steer',
  define: 'define',
  'roll-back': 'roll-back',
  preview: 'preview',
} as const satisfies Record<Act, keyof typeof rights>

type Check = (actor: Actor, aim: Aim) => string | null

/** Asked in this order. Each holds alone: what one allows, another may still refuse. */
const checks: readonly Check[] = [roleAllows, shareIsWithin, touchesFlagsAlone, prefixFits, teamFits]

/** Why somebody may not do something, in a sentence; null when they may. */
export function refusalOf(actor: Actor, aim: Aim): string | null {
  for (const check of checks) {
    const refusal = check(actor, aim)
    if (refusal !== null) return refusal
  }
  return null
}

/** Whether somebody may not touch everything, so that it matters what a definition changes. */
export function isBound({ role, team, flagPrefix }: Actor): boolean {
  return role === 'owner' || team !== undefined || flagPrefix !== undefined
}

/** What an operation on one flag touches. A flag that is not there is nobody's, and so of no team. */
export function touchedFlag(name: string, flag: FlagText | undefined): Touched {
  return { of: 'flag', name, owners: flag === undefined ? [] : [flag.content.owner ?? null] }
}

/** The greatest percent of a stage and of those before it. */
export function shareOfStage({ stages }: Ramp, stage: number): number {
  return Math.max(0, ...stages.slice(0, stage + 1).map(({ percent }) => percent ?? 0))
}

function roleAllows({ role }: Actor, { kind }: Aim): string | null {
  const isHeld = rights[rightOf[kind]].roles.some((holder) => holder === role)
  return isHeld ? null : `The role ${role} may not do this.`
}

/** A definition may set any share anywhere, so who has a greatest share publishes none. */
function shareIsWithin({ maxShare }: Actor, { kind, share = 0 }: Aim): string | null {
  if (maxShare === undefined) return null
  if (kind === 'define' || kind === 'roll-back') {
    return 'A token with a greatest share sets shares one at a time, and publishes no whole definition.'
  }
  return share <= maxShare ? null : `This gives ${share} %, and this token gives ${maxShare} % at most.`
}

function touchesFlagsAlone(actor: Actor, { touched }: Aim): string | null {
  const other = isBound(actor) ? touched.find(({ of }) => of !== 'flag') : undefined
  if (other === undefined) return null
  const what = other.of === 'definition' ? 'what is outside of its flags' : `the ${other.of} ${quote(other.name)}`
  return `This token may change flags alone, and this changes ${what}.`
}

function prefixFits({ flagPrefix }: Actor, { touched }: Aim): string | null {
  if (flagPrefix === undefined) return null
  const other = touched.find(({ name }) => !name.startsWith(flagPrefix))
  if (other === undefined) return null
  return `This token is for flags that begin with ${quote(flagPrefix)}, and ${quote(other.name)} does not.`
}

/** A flag of nobody, or that is not there, is answered as one of another team. */
function teamFits({ role, team }: Actor, { touched }: Aim): string | null {
  if (team === undefined && role !== 'owner') return null
  if (team === undefined) return 'An owner without a team owns no flag.'
  const other = touched.find(({ owners }) => owners.length === 0 || owners.some((owner) => owner !== team))
  return other === undefined ? null : `The flag ${quote(other.name)} is not one of the team ${quote(team)}.`
}

/** The bounds and the kind of a token, which are what it can be misused for. */
export type Power = Pick<TokenRecord, 'kind' | 'role' | 'scope' | 'expires'>

/** Why somebody may not make a token, in a sentence; null when they may. Nobody gives more than they have. */
export function grantRefusalOf(actor: Actor, wish: Power): string | null {
  const outlives = actor.expires !== undefined && (wish.expires === undefined || wish.expires > actor.expires)
  return powerRefusalOf(actor, wish) ?? (outlives ? 'A token may not last longer than the one that makes it.' : null)
}

/** Why somebody may not revoke a token: whose power they could not give, they may not take. Null when they may. */
export function revokeRefusalOf(actor: Actor, token: Power): string | null {
  return powerRefusalOf(actor, token)
}

function powerRefusalOf(actor: Actor, { kind, role = 'viewer', scope = {} }: Power): string | null {
  if (!rights.administer.roles.some((holder) => holder === actor.role)) {
    return `The role ${actor.role} may not do this.`
  }
  if (kind !== 'admin') {
    const isUnbound = actor.maxShare === undefined && !isBound(actor)
    return isUnbound ? null : 'Tokens of clients and edges are for admins without bounds.'
  }
  if (roles.indexOf(role) > roles.indexOf(actor.role)) return `The role ${role} is more than ${actor.role}.`
  return scopeRefusalOf(actor, scope)
}

function scopeRefusalOf(actor: Actor, { team, flagPrefix, maxShare }: Scope): string | null {
  if (actor.team !== undefined && team !== actor.team) return `The team must be ${quote(actor.team)}, as your own.`
  if (actor.flagPrefix !== undefined && !flagPrefix?.startsWith(actor.flagPrefix)) {
    return `The prefix must begin with ${quote(actor.flagPrefix)}, as your own.`
  }
  if (actor.maxShare !== undefined && !(maxShare !== undefined && maxShare <= actor.maxShare)) {
    return `The greatest share must be ${actor.maxShare} % at most, as your own.`
  }
  return null
}
