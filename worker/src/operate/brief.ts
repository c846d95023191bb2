import type { Change } from 'fader'

/** What changed, as far as it is kept and sent. All of it can be worked out again from the definitions. */
export interface Brief {
  readonly changes: readonly Change[]
  readonly changeCount: number
}

/** Pages of revisions and of the audit log are sent whole, and a row holds 2 MB at most. */
const CHANGES_BYTES = 65_536
const WORDS_LENGTH = 1000

/** The first changes that fit, each of a length that somebody reads. */
export function brief(changes: readonly Change[]): Brief {
  const kept: Change[] = []
  let room = CHANGES_BYTES
  for (const change of changes) {
    const { what } = change
    const told = what.length > WORDS_LENGTH ? { ...change, what: `${what.slice(0, WORDS_LENGTH)}…` } : change
    room -= new TextEncoder().encode(JSON.stringify(told)).byteLength
    if (room < 0) break
    kept.push(told)
  }
  return { changes: kept, changeCount: changes.length }
}
