import type { Units } from './answers.js'
import type { Kept } from './kept.js'
import type { Context } from './types.js'

/** What somebody was assigned, and all that was known of who it was. */
export interface Assigned {
  readonly units: Units
  /** The variants of flags. */
  readonly flags: Readonly<Record<string, string>>
}

/**
 * The context, with what was assigned. What somebody was assigned before signing in is still theirs after that, and
 * nothing of it is anybody else's: it is for those of whom at least the same is known. What the host brings goes first.
 */
export function withAssigned(kept: Kept, context: Context, units: Units): Context {
  try {
    const isMine = ({ units: known }: Assigned) =>
      Object.entries(known).every(([name, unit]) => units[name as keyof Units] === unit)
    const mine = kept.read<Assigned[]>(':sticky')?.filter(isMine) ?? []
    if (mine.length === 0) return context
    return { ...context, $sticky: Object.assign({}, ...mine.map(({ flags }) => flags), context.$sticky) as unknown }
  } catch {
    return context
  }
}
