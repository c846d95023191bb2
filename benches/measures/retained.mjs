import { everybody, payload } from '../contestants.mjs'
import { rolloutFlag, targetedFlag, tenThousandFlags, visitors } from '../work.mjs'

/*
 * W5, and allocations: `node --expose-gc … retained.mjs NAME`, one process for each contestant, because memory that
 * WebAssembly once had is never given back. Prints one JSON object.
 */

const EVALUATIONS = 20_000
const WARM = 200_000
const ROUNDS = 5

const contestant = everybody.find(({ name }) => name === process.argv[2])
const crowd = visitors(256)

process.stdout.write(JSON.stringify({ retained: await retained(), allocated: await allocated() }))
process.exit()

/** The bytes that 10,000 loaded flags keep, in the heap and outside of it, the memory of WebAssembly included. */
async function retained() {
  const bytes = payload(contestant, tenThousandFlags)
  const context = contestant.context(crowd[0])
  // Code and tables that are made once are not of the flags.
  const small = await contestant.load(payload(contestant, [rolloutFlag]))
  await small.one(rolloutFlag.key, rolloutFlag.kind)(context)
  await small.close?.()
  const before = await inUse()
  const loaded = await contestant.load(bytes)
  await loaded.one(tenThousandFlags[0].key, tenThousandFlags[0].kind)(context)
  const after = await inUse()
  // Whoever let go of either before now would look smaller.
  if (bytes.length === 0 || loaded.one === undefined) throw new Error('nothing was loaded')
  await loaded.close?.()
  return after - before
}

async function inUse() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The bytes that an evaluation allocates in JavaScript. The young generation is large enough that nothing is collected. */
async function allocated() {
  const found = {}
  for (const flag of [rolloutFlag, targetedFlag]) {
    const loaded = await contestant.load(payload(contestant, [flag]))
    const contexts = crowd.map((visitor) => contestant.context(visitor))
    found[flag.kind] = await perEvaluation(loaded.one(flag.key, flag.kind), contexts)
    if (!loaded.prepare) continue
    const prepared = contexts.slice(0, 32).map((context) => loaded.prepare(context))
    found[`${flag.kind}, prepared`] = await perEvaluation(loaded.one(flag.key, flag.kind), prepared)
  }
  return found
}

/** What is allocated in every round: the engine compiles, and keeps its books, in some rounds and not in others. */
async function perEvaluation(evaluate, contexts) {
  const loop = contestant.isAsync ? awaited : plain
  await loop(evaluate, contexts, WARM)
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    await loop(evaluate, contexts, EVALUATIONS)
    least = Math.min(least, process.memoryUsage().heapUsed - before)
  }
  return Math.max(0, Math.round(least / EVALUATIONS))
}

function plain(evaluate, contexts, count) {
  let last
  for (let turn = 0; turn < count; turn++) last = evaluate(contexts[turn % contexts.length])
  return last
}

async function awaited(evaluate, contexts, count) {
  let last
  for (let turn = 0; turn < count; turn++) last = await evaluate(contexts[turn % contexts.length])
  return last
}
