/** Counts by a reason of a short list. */
export type Counts = Readonly<Record<string, number>>

/** What a ledger knows of one life: one page from its load to its end, or one process. */
export interface Tally {
  /** The highest number that was seen. */
  readonly highest: number
  readonly stored: number
  /** Events that came once more. */
  readonly duplicates: number
  readonly rejected: Counts
  /** What its sender said that it will never deliver. */
  readonly dropped: Counts
}

/**
 * What became of all numbers that were given: `generated` is the sum of what was stored, rejected and dropped, and of
 * what is `missing`, which is what was lost without anybody having said so, or is still on its way.
 */
export interface Account {
  readonly lives: number
  readonly generated: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: Counts
  readonly dropped: Counts
  readonly missing: number
}

export const NO_TALLY: Tally = { highest: 0, stored: 0, duplicates: 0, rejected: {}, dropped: {} }

export const NO_ACCOUNT: Account = {
  lives: 0,
  generated: 0,
  stored: 0,
  duplicates: 0,
  rejected: {},
  dropped: {},
  missing: 0,
}

/**
 * The account of one life.
 *
 * Numbers that were dropped may be above the highest that was seen. So there are as many as are known of, where that is
 * more.
 */
export function accountOf({ highest, stored, duplicates, rejected, dropped }: Tally): Account {
  const settled = stored + sumOf(rejected) + sumOf(dropped)
  const generated = Math.max(highest, settled)
  return { lives: 1, generated, stored, duplicates, rejected, dropped, missing: generated - settled }
}

/** Adds what changed from one account to another to a sum. */
export function advance(sum: Account, before: Account, after: Account): Account {
  return plus(sum, after, (one, other, name) => one + other - count(before, name))
}

/** Two accounts together. */
export function add(one: Account, other: Account): Account {
  return plus(one, other, (a, b) => a + b)
}

type Join = (one: number, other: number, name: Path) => number
type Path = readonly [keyof Account, string?]

function plus(one: Account, other: Account, join: Join): Account {
  const at = (name: Exclude<keyof Account, 'rejected' | 'dropped'>) => join(one[name], other[name], [name])
  const by = (name: 'rejected' | 'dropped') => {
    const reasons = new Set([...Object.keys(one[name]), ...Object.keys(other[name])])
    return Object.fromEntries(
      Array.from(reasons, (why) => [why, join(one[name][why] ?? 0, other[name][why] ?? 0, [name, why])]),
    )
  }
  return {
    lives: at('lives'),
    generated: at('generated'),
    stored: at('stored'),
    duplicates: at('duplicates'),
    rejected: by('rejected'),
    dropped: by('dropped'),
    missing: at('missing'),
  }
}

function count(account: Account, [name, why = '']: Path): number {
  const value = account[name]
  return typeof value === 'number' ? value : (value[why] ?? 0)
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
