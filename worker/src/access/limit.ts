import { readVariable } from '../json.ts'
import { Problem } from '../problem.ts'

/** How many requests a second go on for ever, and how many may come at once after a rest. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/**
 * The classes of routes, and what each allows one caller in one isolate.
 *
 * They are far above what a program that is well does: they keep one that is not, or one that means harm, from using
 * up an isolate that others need as well. What is not in here, which is `kill` alone, is never limited.
 */
export const rates = {
  /** Pages and whatever else takes no token, for each address. */
  open: { perSecond: 500, burst: 2000 },
  /** Answers and snapshots. */
  evaluate: { perSecond: 1000, burst: 2000 },
  /** Batches of events. Many visitors may share an address, and each page sends some. */
  record: { perSecond: 200, burst: 2000 },
  /** Streams that are opened. */
  stream: { perSecond: 50, burst: 200 },
  /** Everything that an edge evaluates from. */
  replicate: { perSecond: 50, burst: 200 },
  /** What people do. */
  admin: { perSecond: 20, burst: 200 },
  /** Refusals, for each address, whatever the route: who guesses tokens is not answered at that speed. */
  refused: { perSecond: 20, burst: 200 },
} as const satisfies Record<string, Rate>

export type RateClass = keyof typeof rates
export type Rates = Readonly<Record<RateClass, Rate>>

/** Who knows more callers than that forgets those that came first. */
const MAX_CALLERS = 10_000

/** What a caller has left, and when that was. */
interface Bucket {
  left: number
  at: number
}

/** Counts the requests of each caller in this isolate. It knows nothing of other isolates. */
export class Limits {
  readonly #rates: Rates
  readonly #now: () => number
  readonly #buckets: Readonly<Record<RateClass, Map<string, Bucket>>>

  constructor(given: Rates = rates, now: () => number = Date.now) {
    this.#rates = given
    this.#now = now
    const classes = Object.keys(given).map((name) => [name, new Map<string, Bucket>()])
    this.#buckets = Object.fromEntries(classes)
  }

  /** Counts one request. Throws `too-many-requests`, which is not counted, when the caller has none left. */
  take(name: RateClass, who: string): void {
    const bucket = this.#filled(name, who)
    if (bucket.left < 1) throw tooMany((1 - bucket.left) / this.#rates[name].perSecond)
    bucket.left -= 1
  }

  /** Throws as `take` does, and counts nothing. */
  check(name: RateClass, who: string): void {
    const bucket = this.#buckets[name].has(who) ? this.#filled(name, who) : undefined
    if (bucket !== undefined && bucket.left < 1) throw tooMany((1 - bucket.left) / this.#rates[name].perSecond)
  }

  /** How many callers are remembered, of all classes. */
  get size(): number {
    return Object.values(this.#buckets).reduce((sum, { size }) => sum + size, 0)
  }

  #filled(name: RateClass, who: string): Bucket {
    const { perSecond, burst } = this.#rates[name]
    const now = this.#now()
    const bucket = this.#buckets[name].get(who) ?? this.#begin(name, who, { left: burst, at: now })
    // A clock that was set back fills nothing, and takes nothing away.
    bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    return bucket
  }

  #begin(name: RateClass, who: string, bucket: Bucket): Bucket {
    const buckets = this.#buckets[name]
    const [oldest] = buckets.keys()
    if (oldest !== undefined && buckets.size >= MAX_CALLERS) buckets.delete(oldest)
    buckets.set(who, bucket)
    return bucket
  }
}

function tooMany(seconds: number): Problem {
  const retryAfter = Math.max(1, Math.ceil(seconds))
  return new Problem('too-many-requests', `Try again in ${retryAfter} s.`, {
    headers: { 'retry-after': String(retryAfter) },
  })
}

/**
 * The rates with those in place that a configuration names, such as `{"evaluate":{"perSecond":50,"burst":100}}`.
 *
 * Throws when it is not understood.
 */
export function parseRates(value: unknown): Rates {
  if (value === undefined || value === '') return rates
  const given = readVariable(value) as Record<string, Partial<Rate> | null> | null | undefined
  const entries = Object.entries(given ?? { nothing: {} })
  if (entries.every(([name, rate]) => Object.hasOwn(rates, name) && isRate(rate)))
    return { ...rates, ...given } as Rates
  throw new Error('RATE_LIMITS must be JSON such as {"evaluate":{"perSecond":1000,"burst":2000}}')
}

function isRate(value: Partial<Rate> | null): boolean {
  const { perSecond, burst } = value ?? {}
  return typeof perSecond === 'number' && perSecond > 0 && typeof burst === 'number' && burst >= 1
}
