import type { Role, TokenKind } from './token.ts'

/** Who holds a right: kinds of tokens, and for `admin` tokens the roles. */
interface Holders {
  readonly kinds: readonly Exclude<TokenKind, 'admin'>[]
  readonly roles: readonly Role[]
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
  evaluate: { kinds: ['client', 'edge'], roles: [] },
  /** Fetch everything that an edge evaluates from. */
  replicate: { kinds: ['edge'], roles: [] },
  /** Read this isolate's measurements. */
  measure: { kinds: ['edge'], roles: people },
  /** Read definitions, history and audit. */
  read: { kinds: [], roles: people },
  /** Kill a flag. */
  kill: { kinds: [], roles: helpers },
  /** Give one unit a variant, or take it back. */
  override: { kinds: [], roles: helpers },
  /** Set a flag's state, stage or traffic. */
  steer: { kinds: [], roles: changers },
  /** Publish a whole definition. */
  define: { kinds: [], roles: changers },
  /** Publish an earlier definition again. */
  'roll-back': { kinds: [], roles: ['publisher', 'admin'] },
  /** See, make and revoke tokens. */
  administer: { kinds: [], roles: ['admin'] },
} as const satisfies Record<string, Holders>

export type Right = keyof typeof rights

/** Who may call a route. */
export type Access = 'anyone' | Right
