/** Over how long failures spread the next attempts, at most: of 10,000 clients some 330 come in a second. */
const LONGEST_SPREAD_MS = 60_000
/** Clients that start together must not ask together for ever. */
const JITTER = 0.1
/** What platforms take for a delay; a longer one would be none. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * How long to wait before the next question, after so many failures in a row. `random` is from 0 to below 1.
 *
 * Without failures it is the interval, give or take a tenth. After failures it is anything from nothing to a time that
 * doubles with each, so that clients that failed in one instant do not come back in one.
 */
export function delayMs(failures: number, intervalMs: number, random: number): number {
  const longest = Math.max(intervalMs, LONGEST_SPREAD_MS)
  return failures
    ? Math.min(intervalMs * 2 ** failures, longest) * random
    : intervalMs * (1 + JITTER * (2 * random - 1))
}

/** Does something later. In Node a client that only waits must not keep the process alive. */
export function later(work: () => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, Math.min(ms, LONGEST_DELAY_MS))
  if (typeof timer === 'object') timer.unref()
  return timer
}

/** So long, from an instant on. */
export interface Span {
  readonly from: number
  readonly ms: number
}

/** How much is left of a span. Nothing, where the clock was set back to before it began: nobody knows then. */
export function leftOf({ from, ms }: Span): number {
  const sinceMs = Date.now() - from
  return sinceMs < 0 ? 0 : Math.max(0, ms - sinceMs)
}
