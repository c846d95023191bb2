import type { Change, Issue } from 'fader'
import type { Actor } from '../access/token.ts'

/** Which revisions somebody is content to replace. An empty store is at revision 0. */
export type Expected = readonly number[] | 'any'

/** Something that is done to a definition. Each gives a new revision. */
export type Operation =
  | { readonly kind: 'define'; readonly definition: Uint8Array }
  | { readonly kind: 'kill'; readonly flag: string }
  | { readonly kind: 'state'; readonly flag: string; readonly state: 'on' | 'off' | 'killed' }
  /** `variant` null takes the unit's override back. */
  | { readonly kind: 'override'; readonly flag: string; readonly unit: string; readonly variant: string | null }
  | { readonly kind: 'stage'; readonly flag: string; readonly stage: number }
  /** `rule` is a rule's id, or its position where it has none; `traffic` is in percent. */
  | { readonly kind: 'traffic'; readonly flag: string; readonly rule: string; readonly traffic: number }
  | { readonly kind: 'roll-back'; readonly revision: number }

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
export type Result =
  | Published
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

export interface Published {
  readonly kind: 'published'
  readonly environment: string
  readonly revision: number
  /** RFC 3339. */
  readonly published: string
  readonly flags: number
  /** What is different from the revision before, in words. */
  readonly changes: readonly Change[]
}

/** One revision, as the history lists it. */
export interface HistoryEntry {
  readonly revision: number
  readonly published: string
  readonly bytes: number
  readonly flags: number
  /** Who made it, by the name that their token had. */
  readonly by: string
  readonly why: string
  /** Which operation made it, such as `kill`. */
  readonly operation: Operation['kind']
  readonly changes: readonly Change[]
}
