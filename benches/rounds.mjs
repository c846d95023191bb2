import { performance } from 'node:perf_hooks'

/** How long one contestant works in one round. */
const ROUND_MS = 6
const ROUNDS = 31

/**
 * Times each of `{ name, evaluate, contexts, isAsync? }` in interleaved rounds, so that what the machine does
 * meanwhile falls on all of them, and gives the median nanoseconds an evaluation by name.
 */
export async function times(contestants, { rounds = ROUNDS, roundMs = ROUND_MS } = {}) {
  const entries = []
  for (const contestant of contestants) {
    const loop = contestant.isAsync ? asyncLoop() : syncLoop()
    const run = (count) => loop(contestant.evaluate, contestant.contexts, count)
    entries.push({ name: contestant.name, run, count: await calibrate(run, roundMs), samples: [] })
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const { run, count, samples } = entries[(round + turn) % entries.length]
      samples.push((await elapsed(run, count)) / count)
    }
  }
  return new Map(entries.map(({ name, samples }) => [name, median(samples)]))
}

/** Warms up, and finds how many evaluations fill a round. */
async function calibrate(run, roundMs) {
  let count = 16
  for (;;) {
    const took = (await elapsed(run, count)) / 1e6
    if (took >= roundMs) break
    count *= 2
  }
  const took = (await elapsed(run, count)) / 1e6
  return Math.max(1, Math.round((count * roundMs) / took))
}

async function elapsed(run, count) {
  const began = performance.now()
  const ended = run(count)
  if (ended instanceof Promise) await ended
  return (performance.now() - began) * 1e6
}

/*
 * Each contestant has a loop of its own, made anew: in a shared one the engine would learn all of them at once,
 * and none would be inlined as it would be in the program of somebody who uses only that one.
 * What is evaluated is looked at, so that the work cannot be left out.
 */

const body = (wait) => `
  let absent = 0
  for (let turn = 0, at = 0; turn < count; turn++) {
    if ((${wait} evaluate(contexts[at])) === undefined) absent++
    if (++at === contexts.length) at = 0
  }
  return absent`

const AsyncFunction = (async () => {}).constructor
const syncLoop = () => new Function('evaluate', 'contexts', 'count', body(''))
const asyncLoop = () => new AsyncFunction('evaluate', 'contexts', 'count', body('await'))

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
