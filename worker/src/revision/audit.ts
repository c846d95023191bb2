import type { Change } from 'fader'
import type { Actor, TokenRecord } from '../access/token.ts'
import { sha256Hex } from '../hex.ts'
import type { Operation } from '../operate/operation.ts'

/** A definition at one moment: its revision, and SHA-256 of its bytes in lowercase hex. */
export interface Version {
  readonly revision: number
  readonly digest: string
}

/** Something that was done, by a person or by Fader itself. */
export interface Deed {
  /** RFC 3339. */
  readonly at: string
  readonly actor: Pick<Actor, 'id' | 'name' | 'kind'>
  readonly action: Operation['kind'] | 'grant' | 'revoke' | 'preview'
  readonly why: string
  readonly flag?: string
  /** Which revision was rolled back to. */
  readonly to?: number
  /** Absent before the first definition, and of what is done to tokens. */
  readonly before?: Version
  readonly after?: Version
  readonly changes?: readonly Change[]
  readonly changeCount?: number
  /** What was to be shown, by flag, and until when. */
  readonly preview?: { readonly answers: Readonly<Record<string, string>>; readonly expires: string }
  readonly token?: Omit<TokenRecord, 'by' | 'created' | 'revoked'>
}

/** What the log says of a deed, as the exact text whose hash the next entry has, and that hash. */
export interface Entry {
  readonly seq: number
  readonly text: string
  readonly hash: string
}

/** How long the log is, and the hash of its last entry. */
export interface LogHead {
  readonly length: number
  readonly hash: string
}

/** The hash that stands for the entry before the first. */
export const NO_ENTRY = '0'.repeat(64)

/** Writes the entry that follows the end of a log. Whoever changes an earlier one changes every hash after it. */
export async function nextEntry({ length, hash }: LogHead, deed: Deed): Promise<Entry> {
  const seq = length + 1
  const text = JSON.stringify({ seq, ...deed, previous: hash })
  return { seq, text, hash: await sha256Hex(text) }
}

/** The head of a log that ends with this entry. */
export function headAt({ seq, hash }: Entry): LogHead {
  return { length: seq, hash }
}

/** The bytes that are signed as the document `audit`. Without them nobody could tell that the last entries are missing. */
export function encodeHead({ length, hash }: LogHead): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ length, hash }))
}
