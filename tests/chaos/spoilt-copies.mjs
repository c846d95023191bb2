import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf } from '../../benches/edge/admin.mjs'
import { storefront } from '../../benches/edge/definition.mjs'
import { ready } from '../../benches/edge/fleet.mjs'

const LIMIT_MS = 10_000
const LOOK_MS = 50
/** A store copies a second after it published. */
const COPY_TRIES = 100
/** Whatever is larger is a bundle, and no pointer to one. */
const COPY_BYTES = 500

/** What KV answers for every key, whatever was asked. */
const answers = (copy) => ({
  'nothing with 200': { status: 200, body: Buffer.alloc(0) },
  'a page with 200': { status: 200, body: '<!doctype html><title>Sign in</title>' },
  'an old bundle': { status: 200, body: copy },
  'half a bundle': { status: 200, body: copy.subarray(0, copy.length >> 1) },
  'a failure': { status: 500, body: 'no' },
})

/** Real isolates whose KV is spoilt take each new revision from the store, and answer from a published one meanwhile. */
export async function spoiltCopies(fleet, { seed }) {
  const admin = adminOf(fleet)
  const readers = fleet.readers.filter(({ url }) => url !== fleet.adminUrl)
  for (const { url } of readers) await ready(url)
  const copy = await oldCopy(fleet)
  const slowest = []
  let strange = 0
  for (const instead of Object.values(answers(copy))) {
    fleet.kv.weather.instead = instead
    const { revision } = await admin.publish(storefront(52, seed))
    const began = performance.now()
    while (performance.now() - began < LIMIT_MS) {
      const healths = await Promise.all(readers.map(async ({ url }) => (await fetch(`${url}/healthz`)).json()))
      strange += healths.filter((health) => health.status !== 'ok' || health.revision > revision).length
      if (healths.every((health) => health.revision === revision)) break
      await sleep(LOOK_MS)
    }
    slowest.push(performance.now() - began)
  }
  fleet.kv.weather.instead = undefined
  return [
    { measure: 'damage, KV spoilt: kinds of it, for real isolates', value: slowest.length, unit: '' },
    { measure: 'damage, KV spoilt: answers of no published revision', value: strange, unit: 'answers', target: '= 0' },
    {
      measure: 'damage, KV spoilt: the new revision everywhere, at most',
      value: Math.max(...slowest),
      unit: 'ms',
      target: `< ${LIMIT_MS}`,
    },
  ]
}

/** The first copy of a bundle that the store put into KV; nothing when it puts none there. */
async function oldCopy({ kv }) {
  for (let tries = 0; tries < COPY_TRIES; tries++) {
    const [copy] = [...kv.keys.values()].flat().filter(({ value }) => value?.length > COPY_BYTES)
    if (copy !== undefined) return copy.value
    await sleep(LOOK_MS)
  }
  throw new Error('the store has put no bundle into KV')
}
