/*
 * The worker's own modules in workerd, asked to adopt bundles in which something is wrong. A request names a kind of
 * wrong, and is answered with what came of it.
 */

import { fromWire } from '../../benches/edge/workers/wire.js'
import { Edge } from '../../worker/src/edge/edge.ts'
import { decodeBundle, encodeBundle } from '../../worker/src/revision/bundle.ts'
import { Signer } from '../../worker/src/revision/signer.ts'
import { mutations } from './mutations.ts'

const ENVIRONMENT = 'production'
const FLAG = 'search-ranking'
const CONTEXT = { userId: 'u-1', country: 'SE' }
/** After every so many bundles the answer has to be what it was. */
const LOOK_EVERY = 100

/** What is offered, by what is wrong with it. */
const kinds = {
  'cut short': ({ good, from, count }) => cuts(encodeBundle(good), from, count),
  'damaged at random': ({ good, seed, count }) => damaged(encodeBundle(good), count, seed),
  'signed with another key': ({ good, otherKey }) => signedAgain(good, otherKey),
  'an old revision': ({ old }) => [encodeBundle(old)],
  'parts of two revisions': ({ good, old }) =>
    Object.keys(old).map((name) => encodeBundle({ ...good, [name]: old[name] })),
  'nothing, with 200': () => [new Uint8Array()],
  'a page, with 200': () => [new TextEncoder().encode('<!doctype html><title>Sign in</title>')],
  'JSON, with 200': () => [new TextEncoder().encode('{"status":"ok"}')],
}

export default {
  async fetch(request) {
    const job = fromWire(await request.text())
    // Each refusal is logged, which is right, and too much here.
    console.error = () => {}
    return Response.json(await offer(job, await kinds[job.kind](job)))
  },
}

/** An isolate's evaluating half has the good bundle, and is told of something newer again and again. */
async function offer({ good, trustedKeys }, bundles) {
  const offered = { issued: Date.now(), bytes: encodeBundle(good) }
  const edge = new Edge({ environment: ENVIRONMENT, refreshIntervalMs: 1000, trustedKeys, source: sourceOf(offered) })
  await edge.refresh()
  const { adopted } = edge.standing
  const answer = answerOf(edge)
  if (adopted === undefined) throw new Error('the good bundle was not adopted')
  const found = { offered: 0, adopted: 0, size: offered.bytes.length }
  for (const bytes of bundles) {
    Object.assign(offered, { issued: offered.issued + 1, bytes })
    await edge.refresh()
    found.offered += 1
    const isSame = edge.standing.adopted === adopted
    if (!isSame || (found.offered % LOOK_EVERY === 1 && answerOf(edge) !== answer)) found.adopted += 1
  }
  return { ...found, refused: edge.counters.refused }
}

function sourceOf(offered) {
  return {
    counters: {},
    head: async () => ({ revision: 1, issued: offered.issued }),
    pointer: async () => null,
    places: () => [{ name: 'kv', fetch: async () => decodeBundle(offered.bytes) }],
    floor: async () => null,
    keep: async () => {},
  }
}

const answerOf = (edge) => JSON.stringify(edge.standing.adopted?.engine.evaluate(FLAG, CONTEXT))

function* cuts(whole, from, count) {
  for (let length = from; length < Math.min(from + count, whole.length); length++) yield whole.slice(0, length)
}

function* damaged(whole, count, seed) {
  for (const { bytes } of mutations(whole, count, seed)) yield bytes
}

async function signedAgain(bundle, key) {
  const signer = new Signer(key)
  const issued = Date.now() + 1000
  const moment = { environment: ENVIRONMENT, revision: 2, issued, expires: issued + 3600_000 }
  const parts = Object.entries(bundle).map(async ([name, { bytes }]) => [name, await signer.sign(name, bytes, moment)])
  return [encodeBundle(Object.fromEntries(await Promise.all(parts)))]
}
