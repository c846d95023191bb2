import { createHash } from 'node:crypto'

/** What is known of an audit log from elsewhere, such as from its signed head. */
export interface ChainHead {
  readonly length: number
  /** The hash of the last entry, in lowercase hex. */
  readonly hash: string
}

export type Chained =
  | { readonly ok: true; readonly length: number; readonly hash: string }
  /** `line` is the first that is wrong, counted from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string }

/** The hash that stands for the entry before the first. */
const NO_ENTRY = '0'.repeat(64)

/**
 * Follows an audit log from its first entry, given as exact texts: each names the hash of the one before.
 *
 * An entry that was changed, removed, added or moved breaks the chain behind it. Only the head tells when the last
 * entries are missing, or were changed: without it, the chain is followed as far as it goes.
 */
export function verifyChain(texts: readonly string[], head?: ChainHead): Chained {
  let hash = NO_ENTRY
  for (const [index, text] of texts.entries()) {
    const problem = problemOf(text, index + 1, hash)
    if (problem !== undefined) return { ok: false, line: index + 1, problem }
    hash = createHash('sha256').update(text).digest('hex')
    if (head !== undefined && index + 1 === head.length && hash !== head.hash) {
      return { ok: false, line: index + 1, problem: 'the hash of this entry is not the one that the head names' }
    }
  }
  const { length } = texts
  if (head === undefined || length === head.length) return { ok: true, length, hash }
  const isShort = length < head.length
  const problem = isShort
    ? `the head speaks of ${head.length} entries, and here are ${length}: the last are missing`
    : `the head speaks of ${head.length} entries, and this one comes after them`
  return { ok: false, line: isShort ? length + 1 : head.length + 1, problem }
}

function problemOf(text: string, seq: number, previous: string): string | undefined {
  const entry = entryOf(text)
  if (entry === undefined) return 'this is no entry: it is not a JSON object'
  if (entry.seq !== seq) return `this should be entry ${seq}, and says that it is ${JSON.stringify(entry.seq)}`
  if (entry.previous === previous) return undefined
  return seq === 1
    ? 'the first entry says that there is one before it'
    : 'the entry before, or what this one says of it, was changed: the hashes differ'
}

function entryOf(text: string): { seq?: unknown; previous?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
