import type { Units } from './answers.js'
import type { Kept } from './kept.js'
import type { Assigned } from './sticky.js'
import type { Outcome } from './types.js'

/** Of more visitors of one browser, and of more flags of each, nothing is remembered. */
const MOST_VISITORS = 8
const MOST_FLAGS = 200

/** Remembers what a sticky flag assigned. */
export function assign(kept: Kept, { flag, variant }: Outcome, units: Units): void {
  if (variant === null) return
  // Nobody comes back to a session.
  const { sessionId: _, ...known } = units
  const record = kept.read<Assigned[]>(':sticky')
  const all = Array.isArray(record) ? record : []
  const isTheirs = (each: Assigned | null) => JSON.stringify(each?.units) === JSON.stringify(known)
  const flags = all.find(isTheirs)?.flags ?? {}
  if (flags[flag] === variant || Object.keys(flags).length >= MOST_FLAGS) return
  // Who was last assigned something stands last, and the first goes when they are too many.
  const others = all.filter((each) => !isTheirs(each))
  kept.write(':sticky', [...others, { units: known, flags: { ...flags, [flag]: variant } }].slice(-MOST_VISITORS))
}
