import { createHash } from 'node:crypto'

/** What is known of an audit log by its last entry. */
export interface ChainHead {
  readonly length: number
  /** SHA-256 of the last entry's text, in lowercase hex. */
  readonly hash: string
}

export type Chained =
  | ({ readonly ok: true } & ChainHead)
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string }

/** Looks whether each entry names the hash of the text before it, and the head that of the last one. */
export function verifyChain(texts: readonly string[], head?: ChainHead): Chained {
  let hash = ''
  for (const [index, text] of texts.entries()) {
    const previous = previousOf(text)
    const line = index + 1
    if (previous === undefined) return { ok: false, line, problem: 'this is no entry' }
    const isFirst = index === 0 && /^0*$/.test(previous)
    if (!isFirst && previous !== hash) return { ok: false, line, problem: 'what stands before it was changed' }
    hash = createHash('sha256').update(text).digest('hex')
  }
  const length = texts.length
  if (head !== undefined && head.length !== length)
    return { ok: false, line: length + 1, problem: `there are ${length} entries, and the head tells of ${head.length}` }
  if (head !== undefined && length > 0 && head.hash !== hash)
    return { ok: false, line: length, problem: 'the head is of another last entry' }
  return { ok: true, length, hash }
}

function previousOf(text: string): string | undefined {
  try {
    const { previous } = JSON.parse(text) as { previous?: unknown }
    return typeof previous === 'string' ? previous : undefined
  } catch {
    return undefined
  }
}
