import type { Change, Issue } from 'fader'
import type { Actor } from '../access/token.ts'

/** Which revisions somebody is content to replace. An empty store is at revision 0. */
export type Expected = readonly number[] | 'any'

/** Something that is done to a definition. Each gives a new revision, unless everything is so already. */
export type Operation =
  | { readonly kind: 'define'; readonly definition: Uint8Array }
  | { readonly kind: 'roll-back'; readonly revision: number }
  | FlagOperation

/** Something that is done to one flag. */
export type FlagOperation =
  | { readonly kind: 'kill'; readonly flag: string }
  | { readonly kind: 'state'; readonly flag: string; readonly state: 'on' | 'off' | 'killed' }
  /** `variant` null takes the unit's override back. */
  | { readonly kind: 'override'; readonly flag: string; readonly unit: string; readonly variant: string | null }
  | { readonly kind: 'stage'; readonly flag: string; readonly stage: number }
  /** `rule` is a rule's id, or its position where it has none; `traffic` is in percent. */
  | { readonly kind: 'traffic'; readonly flag: string; readonly rule: string; readonly traffic: number }

/** An operation, by whom and why. */
export interface Request {
  readonly operation: Operation
  readonly actor: Actor
  readonly why: string
  readonly expected: Expected
  /** The same key again gives the same answer again, and does nothing. */
  readonly idempotencyKey?: string
}

/** What came of an operation. Data and no exception, because it crosses from the object to its caller. */
export type Result = Published | Unchanged | Refused

/** An operation that was not done. */
export type Refused =
  | { readonly kind: 'mismatch'; readonly revision: number }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[]; readonly issueCount: number }
  | { readonly kind: 'not-json'; readonly detail: string }
  /** The actor's role, team, prefix or share does not reach so far. */
  | { readonly kind: 'forbidden'; readonly detail: string }
  /** There is no such flag, rule, stage, variant or revision. */
  | { readonly kind: 'not-there'; readonly detail: string }
  /** The key was used for something else. */
  | { readonly kind: 'key-reused' }
  /** No signing key is configured, so nothing could be published that readers would adopt. */
  | { readonly kind: 'unsigned' }

/** An operation that was done. */
export type Published = Told & { readonly kind: 'published' }

/** An operation that had nothing to do, because everything was so already. The latest revision is told of. */
export type Unchanged = Told & { readonly kind: 'unchanged' }

interface Told {
  readonly environment: string
  readonly revision: number
  /** RFC 3339. */
  readonly published: string
  readonly flags: number
  /** What is different from the revision before, in words; of very many the first. */
  readonly changes: readonly Change[]
  readonly changeCount: number
  /** This is the answer to an earlier request with the same key. */
  readonly replayed?: true
}

/** One revision, as the history lists it. */
export interface HistoryEntry {
  readonly revision: number
  readonly published: string
  readonly bytes: number
  readonly flags: number
  /** Who made it, by the name that their token had. */
  readonly by: string
  /** The id of that token. */
  readonly byId: string
  readonly why: string
  /** Which operation made it, such as `kill`. */
  readonly operation: Operation['kind']
  readonly changes: readonly Change[]
  readonly changeCount: number
}
