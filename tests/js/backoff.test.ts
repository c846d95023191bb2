import { describe, expect, it } from 'vitest'
import { delayMs } from '../../js/src/backoff.ts'

const INTERVAL_MS = 30_000
const CLIENTS = 10_000

describe('the time to the next question', () => {
  it.each([
    ['is nine tenths of the interval at the least', 0, 0, 27_000],
    ['is the interval in the middle', 0, 0.5, 30_000],
    ['is eleven tenths of it at the most', 0, 1, 33_000],
    ['may be nothing after a failure', 1, 0, 0],
    ['is up to a minute after a failure', 1, 1, 60_000],
    ['is no more than that after many', 50, 1, 60_000],
  ])('%s', (_, failures, random, expected) => {
    expect(delayMs(failures, INTERVAL_MS, random)).toBeCloseTo(expected, 6)
  })

  it('grows from failure to failure where the interval is short, and is never below a long one', () => {
    expect([1, 2, 3, 9].map((failures) => delayMs(failures, 1000, 1))).toEqual([2000, 4000, 8000, 60_000])
    expect(delayMs(3, 600_000, 1)).toBe(600_000)
  })
})

describe('ten thousand clients that an outage stopped in one instant', () => {
  /** In which second each of them asks, during and after an outage of so many seconds. */
  function asked(outageS: number): number[] {
    const seconds: number[] = []
    let state = 42
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    for (let client = 0; client < CLIENTS; client += 1) {
      let at = 0
      for (let failures = 1; at < outageS * 1000; failures += 1) {
        at += delayMs(failures, INTERVAL_MS, random())
        const second = Math.floor(at / 1000)
        seconds[second] = (seconds[second] ?? 0) + 1
      }
    }
    return seconds
  }

  it.each([1, 30, 120, 600])('come in no second more than one in twenty, after %s s without answers', (outageS) => {
    const peak = Math.max(...asked(outageS).map((count) => count ?? 0))
    expect(peak / CLIENTS).toBeLessThan(0.05)
  })
})
