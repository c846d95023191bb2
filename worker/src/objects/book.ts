import { type Account, accountOf, advance, type Counts, NO_ACCOUNT, NO_TALLY, type Tally } from '../events/account.ts'
import type { Delivery, Receipt, Rejection, Row } from '../events/row.ts'
import { Days } from './days.ts'
import { type Life, Lives } from './lives.ts'
import { Recorded } from './recorded.ts'

const HOUR_MS = 3600 * 1000
/** An event is kept as long as something may still be joined to it. */
const EVENTS_MS = 48 * HOUR_MS
/** A life is remembered longer, so that what a visitor's device still had is known for a duplicate. */
const LIVES_MS = 30 * 24 * HOUR_MS
/** So many events are forgotten at one go, and so many lives in one turn, so that nobody waits long meanwhile. */
const AT_ONE_GO = 1000
const LIVES_AT_ONE_TURN = 200
/** An object holds 10 GB. */
const MOST_BYTES = 8_000_000_000

interface BookOptions {
  readonly now?: () => number
  readonly mostBytes?: number
}

/** The account of one life, and when it was heard of first and last, in milliseconds since 1970. */
export interface LifeAccount extends Omit<Account, 'lives'> {
  readonly highest: number
  readonly first: number
  readonly last: number
}

/** How a delivery turned out: the numbers that are new, and those that are rejected, now or before. */
interface Fates {
  readonly fresh: ReadonlySet<number>
  readonly rejected: ReadonlyMap<number, Rejection>
}

/**
 * What a ledger writes: the events, the account of each life, and the sums of these accounts.
 *
 * The first fate of a number holds. Whatever comes under it later is a duplicate, though it be something else.
 */
export class Book {
  readonly #storage: DurableObjectStorage
  readonly #recorded: Recorded
  readonly #lives: Lives
  readonly #days: Days
  readonly #now: () => number
  readonly #mostBytes: number

  constructor(storage: DurableObjectStorage, { now = Date.now, mostBytes = MOST_BYTES }: BookOptions = {}) {
    this.#storage = storage
    this.#now = now
    this.#mostBytes = mostBytes
    this.#recorded = new Recorded(storage.sql)
    this.#lives = new Lives(storage.sql)
    this.#days = new Days(storage.sql)
  }

  /** Stores what is new of a delivery, together with its account. `full` when there is no room, and then nothing. */
  record({ life: name, rows, dropped }: Delivery): Receipt | 'full' {
    if (this.#storage.sql.databaseSize >= this.#mostBytes) return 'full'
    const now = this.#now()
    return this.#storage.transactionSync(() => {
      const known = this.#lives.read(name)
      const life = known ?? { ...NO_TALLY, name, first: now, last: now, forgotten: 0, due: now + EVENTS_MS }
      const fates = this.#insert(life, rows, now)
      const tally = tallied(life, rows, fates)
      const after = { ...tally, dropped: highestOf(life.dropped, dropped) }
      const due = fates.fresh.size > 0 ? Math.min(life.due, now + EVENTS_MS) : life.due
      this.#lives.write({ ...life, ...after, last: Math.max(life.last, now), due })
      const before = known === undefined ? NO_ACCOUNT : accountOf(known)
      this.#days.write(life.first, advance(this.#days.read(life.first), before, accountOf(after)))
      return receiptOf(rows, fates)
    })
  }

  /** The account of all lives that there ever were. */
  account(): Account {
    return this.#days.sum()
  }

  life(name: string): LifeAccount | null {
    const life = this.#lives.read(name)
    if (life === undefined) return null
    const { lives: _, ...account } = accountOf(life)
    return { ...account, highest: life.highest, first: life.first, last: life.last }
  }

  /** Forgets what is too old, as much as may be at once. Gives when there is more to forget. */
  forget(): 'now' | 'later' | 'never' {
    const now = this.#now()
    const due = this.#lives.due(now, LIVES_AT_ONE_TURN)
    for (const life of due) this.#storage.transactionSync(() => this.#forgetOf(life, now))
    if (this.#lives.due(now, 1).length > 0) return 'now'
    return this.#lives.areThere() ? 'later' : 'never'
  }

  /** What was received late under a low number keeps those above it for as long as it is kept itself. */
  #forgetOf(life: Life, now: number): void {
    const lowest = this.#recorded.lowest(life.name, AT_ONE_GO)
    const end = life.last + LIVES_MS
    if (lowest.count === 0) {
      if (end <= now) this.#lives.remove(life.name)
      else this.#lives.write({ ...life, due: end })
      return
    }
    if (lowest.received + EVENTS_MS > now) {
      this.#lives.write({ ...life, due: lowest.received + EVENTS_MS })
      return
    }
    this.#recorded.removeUpTo(life.name, lowest.n)
    this.#lives.write({ ...life, forgotten: Math.max(life.forgotten, lowest.n) })
  }

  #insert({ name, forgotten, rejected: before }: Life, rows: readonly Row[], now: number): Fates {
    const kept = rows.filter(({ n }) => n > forgotten)
    const fresh = this.#recorded.insert(name, kept, now)
    const mayBeRejected = Object.keys(before).length > 0 || kept.some(({ rejected }) => rejected !== undefined)
    return { fresh, rejected: mayBeRejected ? this.#recorded.rejected(name, kept) : new Map() }
  }
}

function tallied(life: Tally, rows: readonly Row[], { fresh, rejected }: Fates): Omit<Tally, 'dropped'> {
  const counts: Record<string, number> = { ...life.rejected }
  let stored = 0
  for (const n of fresh) {
    const why = rejected.get(n)
    if (why === undefined) stored += 1
    else counts[why] = (counts[why] ?? 0) + 1
  }
  return {
    highest: rows.reduce((highest, { n }) => Math.max(highest, n), life.highest),
    stored: life.stored + stored,
    duplicates: life.duplicates + rows.length - fresh.size,
    rejected: counts,
  }
}

/** What a sender counts only rises, so of two counts the greater is the later. */
function highestOf(known: Counts, told: Counts): Counts {
  const rising = Object.entries(told).map(([why, count]) => [why, Math.max(count, known[why] ?? 0)] as const)
  return { ...known, ...Object.fromEntries(rising.filter(([, count]) => count > 0)) }
}

/** What was rejected before is said to be rejected again: its sender may not have heard it. */
function receiptOf(rows: readonly Row[], { fresh, rejected }: Fates): Receipt {
  const stored = [...fresh].filter((n) => !rejected.has(n)).length
  return {
    stored,
    duplicate: rows.length - stored - rejected.size,
    rejected: Array.from(rejected, ([n, reason]) => ({ n, reason })),
  }
}
