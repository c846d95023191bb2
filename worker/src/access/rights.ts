import type { RateClass } from './limit.ts'
import type { Role, TokenKind } from './token.ts'

/** Who holds a right: kinds of tokens, and for `admin` tokens the roles; and how often it may be used. */
interface Holders {
  readonly kinds: readonly Exclude<TokenKind, 'admin'>[]
  readonly roles: readonly Role[]
  /** How often it may be used; `unlimited` for what must work in the worst moment. */
  readonly rate: RateClass | 'unlimited'
}

const people: readonly Role[] = ['viewer', 'support', 'owner', 'publisher', 'admin']
const helpers: readonly Role[] = ['support', 'owner', 'publisher', 'admin']
const changers: readonly Role[] = ['owner', 'publisher', 'admin']

/**
 * What may be done, and by whom. Every route names one of these, or `anyone`.
 *
 * It is the first of two questions: which flags a person may touch, and how far, is asked where the flags are.
 */
export const rights = {
  /** Ask for answers, the clients' snapshot and the stream. */
  evaluate: { kinds: ['client', 'edge'], roles: [], rate: 'evaluate' },
  /** Tell what happened: exposures and metrics. */
  record: { kinds: ['client', 'edge'], roles: [], rate: 'record' },
  /** Fetch everything that an edge evaluates from. */
  replicate: { kinds: ['edge'], roles: [], rate: 'replicate' },
  /** Read this isolate's measurements. */
  measure: { kinds: ['edge'], roles: people, rate: 'admin' },
  /** Read definitions, history and audit. */
  read: { kinds: [], roles: people, rate: 'admin' },
  /** Kill a flag. */
  kill: { kinds: [], roles: helpers, rate: 'unlimited' },
  /** Give one unit a variant, or take it back. */
  override: { kinds: [], roles: helpers, rate: 'admin' },
  /** Sign a link that shows variants to whoever opens it. */
  preview: { kinds: [], roles: helpers, rate: 'admin' },
  /** Set a flag's state, stage or traffic. */
  steer: { kinds: [], roles: changers, rate: 'admin' },
  /** Publish a whole definition. */
  define: { kinds: [], roles: changers, rate: 'admin' },
  /** Publish an earlier definition again. */
  'roll-back': { kinds: [], roles: ['publisher', 'admin'], rate: 'admin' },
  /** See, make and revoke tokens. */
  administer: { kinds: [], roles: ['admin'], rate: 'admin' },
} as const satisfies Record<string, Holders>

export type Right = keyof typeof rights

/** Who may call a route. */
export type Access = 'anyone' | Right
