import type { Units } from './answers.js'
import type { Kept } from './kept.js'
import type { Context, Outcome } from './types.js'

const RECORD = ':sticky'
/** For more visitors of one browser, and more flags of each, nothing is remembered. */
const MOST_VISITORS = 8
const MOST_FLAGS = 200

/** What one visitor was assigned, told apart by what was known of them then. */
interface Assigned {
  readonly units: Units
  readonly flags: Readonly<Record<string, string>>
}

/**
 * Assignments that sticky flags ask to be kept. What somebody was assigned before signing in is still theirs after that,
 * and nothing of it is anybody else's: it is for those of whom at least the same is known.
 */
export class Sticky {
  readonly #kept: Kept

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** The context with what was assigned. What its host brings goes first. */
  merge(context: Context, units: Units): Context {
    const mine = this.#read().filter((each) => isWithin(each.units, units))
    if (mine.length === 0) return context
    try {
      const brought = context.$sticky as object | undefined
      return { ...context, $sticky: Object.assign({}, ...mine.map(({ flags }) => flags), brought) as unknown }
    } catch {
      return context
    }
  }

  /** Remembers an assignment. */
  keep({ flag, variant }: Outcome, units: Units): void {
    if (variant === null) return
    const whose = lasting(units)
    const all = this.#read()
    const isMine = (each: Assigned) => isWithin(each.units, whose) && isWithin(whose, each.units)
    const flags = all.find(isMine)?.flags ?? {}
    if (flags[flag] === variant || Object.keys(flags).length >= MOST_FLAGS) return
    // The one that was last changed stands last, and the first goes when there are too many.
    const others = all.filter((each) => !isMine(each))
    const record = [...others, { units: whose, flags: { ...flags, [flag]: variant } }]
    this.#kept.write(RECORD, record.slice(-MOST_VISITORS))
  }

  #read(): readonly Assigned[] {
    const record = this.#kept.read<Assigned[]>(RECORD)
    return Array.isArray(record) ? record.filter((each) => each?.units && each.flags) : []
  }
}

/** A session is nobody to come back. */
function lasting({ sessionId: _, ...units }: Units): Units {
  return units
}

function isWithin(some: Units, all: Units): boolean {
  return Object.entries(lasting(some)).every(([name, unit]) => all[name as keyof Units] === unit)
}
