import { performance } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { compile, validate } from '../contestants/fader.mjs'
import { fader, payload, peers } from '../contestants.mjs'
import { median } from '../rounds.mjs'
import { tenThousandFlags, visitors } from '../work.mjs'

const ROUNDS = 9
/** Whoever needs longer for the first time is asked less often. */
const SLOW_MS = 400
const SLOW_ROUNDS = 3

const [visitor] = visitors(1)
const asked = tenThousandFlags.findLast(({ kind }) => kind === 'rollout')

/** W4: from the bytes of 10,000 flags to the first answer, in interleaved rounds. Median milliseconds by name. */
export async function firstAnswers() {
  const entries = [fader, ...peers].map((contestant) => ({
    contestant,
    bytes: payload(contestant, tenThousandFlags),
    context: contestant.context(visitor),
    samples: [],
  }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const entry of entries) {
      if (round >= SLOW_ROUNDS && entry.samples[0] > SLOW_MS) continue
      entry.samples.push(await firstAnswer(entry))
    }
  }
  return new Map(entries.map(({ contestant, samples }) => [contestant.name, median(samples)]))
}

async function firstAnswer({ contestant, bytes, context }) {
  const began = performance.now()
  const loaded = await contestant.load(bytes)
  const answer = await loaded.one(asked.key, asked.kind)(context)
  const took = performance.now() - began
  await loaded.close?.()
  if (typeof answer !== 'boolean') throw new Error(`${contestant.name} gave ${answer} as its first answer`)
  return took
}

/** What travels for 10,000 flags, gzipped: each peer's JSON, Fader's definition, and its snapshot. */
export function travelling() {
  const size = (bytes) => gzipSync(bytes, { level: 9 }).length
  const json = Buffer.from(fader.translate(tenThousandFlags))
  return {
    snapshot: size(payload(fader, tenThousandFlags)),
    json: size(json),
    peers: new Map(peers.map((peer) => [peer.name, size(payload(peer, tenThousandFlags))])),
  }
}

/** W6: what a publish of 10,000 flags takes in the control artefact, in milliseconds. Compiling validates. */
export function publishing() {
  const text = fader.translate(tenThousandFlags)
  return { compile: medianOf(() => compile(text)), validate: medianOf(() => validate(text)) }
}

function medianOf(work) {
  const samples = Array.from({ length: ROUNDS }, () => {
    const began = performance.now()
    work()
    return performance.now() - began
  })
  return median(samples)
}
