import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build as bundleScript } from 'esbuild'
import { adminOf, expectOk, grantToken } from '../../benches/edge/admin.mjs'
import { kindOf } from '../../benches/edge/build.mjs'
import { storefront } from '../../benches/edge/definition.mjs'
import { startFleet } from '../../benches/edge/fleet.mjs'
import { newSigningKey } from '../../benches/edge/keys.mjs'
import { startWorkerd } from '../../benches/edge/workerd.mjs'
import { toWire } from '../../benches/edge/workers/wire.js'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { spoiltCopies } from './spoilt-copies.mjs'

const MUTATIONS = 100_000
/** As many bundles as are offered in one request. */
const AT_ONCE = 10_000
/** More than a bundle is long. */
const CUT_PIECES = 8

/**
 * Whatever is wrong with a bundle, it is not adopted, and the last good revision goes on.
 *
 * The bundles are a real store's, damaged; the worker's own modules judge them, in workerd. Then whole isolates are given
 * some kinds of damage by KV, while the store has a new revision for them.
 */
export async function damage(build, { quick, seed }) {
  const fleet = await startFleet(build, { isolates: [1, 2], core: undefined })
  const judge = await startJudge(build)
  try {
    const { old, good } = await twoBundles(fleet, seed)
    const { kty, crv, kid, x } = fleet.signingKey
    const job = { old, good, trustedKeys: [{ kty, crv, kid, x }] }
    const measures = [await controlOf(judge, job, fleet.signingKey)]
    for (const [kind, jobs] of Object.entries(plan({ quick, seed, kid }))) {
      const found = []
      for (const more of jobs) found.push(await offer(judge, { kind: more.kind ?? kind, ...job, ...more }))
      measures.push(...measuresOf(kind, found))
    }
    return [...measures, ...(await spoiltCopies(fleet, { seed }))]
  } finally {
    await judge.stop()
    await fleet.stop()
  }
}

/** What is asked of the judge for each kind: in pieces, where it is much. */
function plan({ quick, seed, kid }) {
  const pieces = quick ? 1 : MUTATIONS / AT_ONCE
  const random = Array.from({ length: pieces }, (_, piece) => ({ seed: seed * 1000 + piece, count: AT_ONCE }))
  const foreign = (name) => [{ kind: 'signed with another key', otherKey: newSigningKey(name) }]
  return {
    'cut short': Array.from({ length: CUT_PIECES }, (_, piece) => ({ from: piece * AT_ONCE, count: AT_ONCE })),
    'damaged at random': random,
    'signed with another key': foreign('another'),
    'signed with another key of the same name': foreign(kid),
    'an old revision': [{}],
    'parts of two revisions': [{}],
    'nothing, with 200': [{}],
    'a page, with 200': [{}],
    'JSON, with 200': [{}],
  }
}

/** Bundles the worker's modules as the worker itself is bundled, and starts them in a process of their own. */
async function startJudge({ folder, settings }) {
  const entryPoints = [inRoot('tests', 'chaos', 'judge.mjs')]
  const how = { format: 'esm', bundle: true, conditions: ['workerd'], loader: { '.wasm': 'copy' }, logLevel: 'error' }
  await bundleScript({ ...how, entryPoints, outdir: join(folder, 'judge') })
  const others = readdirSync(join(folder, 'judge')).filter((name) => kindOf(name) === 'wasm')
  const modules = ['judge.js', ...others].map((name) => `judge/${name}`)
  const services = [{ name: 'judge', modules, date: settings.date, flags: settings.flags }]
  return await startWorkerd({ folder, name: 'judge', services, sockets: ['judge'] })
}

/** The bundles of a first and a second revision, as the store hands them out. */
async function twoBundles(fleet, seed) {
  await grantToken(fleet)
  const admin = adminOf(fleet)
  await admin.publish(storefront(20, seed))
  const old = await fleet.store('bundle')
  await admin.publish(storefront(52, seed))
  return { old, good: await fleet.store('bundle') }
}

async function offer(judge, job) {
  return await expectOk(await fetch(judge.urls.judge, { method: 'POST', body: toWire(job) }))
}

/** A judge that refuses everything would prove nothing: what is signed as it should be is adopted. */
async function controlOf(judge, job, otherKey) {
  const { adopted } = await offer(judge, { ...job, kind: 'signed with another key', otherKey })
  return { measure: 'damage, signed with the right key: adopted', value: adopted, unit: 'bundles', target: '= 1' }
}

function measuresOf(kind, found) {
  const sum = (name) => found.reduce((total, one) => total + one[name], 0)
  const [offered, adopted, refused] = ['offered', 'adopted', 'refused'].map(sum)
  const wanted = kind === 'cut short' ? `= ${found[0].size}` : '> 0'
  return [
    { measure: `damage, ${kind}: offered`, value: offered, unit: 'bundles', target: wanted },
    { measure: `damage, ${kind}: adopted`, value: adopted, unit: 'bundles', target: '= 0' },
    { measure: `damage, ${kind}: refused`, value: refused, unit: 'bundles' },
    {
      measure: `damage, ${kind}: last known good goes on`,
      value: (100 * (offered - adopted)) / offered,
      unit: '%',
      target: '= 100',
    },
  ]
}
