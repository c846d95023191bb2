import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf, expectOk, grantToken } from '../../benches/edge/admin.mjs'
import { storefront } from '../../benches/edge/definition.mjs'
import { ready, startFleet } from '../../benches/edge/fleet.mjs'
import { startLoad } from '../../benches/edge/load.mjs'
import { random, spread, told } from '../../benches/edge/quantile.mjs'
import { packageReaders } from './clients.mjs'
import { isolateReader, Watch } from './watch.mjs'

/** They take turns, so that one is given back while the other is killed. */
const FLAGS = ['measured-one', 'measured-other']
const READERS = 50
const CLIENTS = 8
const ISOLATES = [14, 14, 14]
const OBSERVE_MS = 50
/** How far the other processes are from the store, there and back. */
const DISTANCE_MS = 80
const KV_LAG_MS = 60_000
/** Nobody waits longer for a reader: it counts as one that was never reached. */
const LIMIT_MS = 30_000
const FLOOD_SECONDS = 5

/** Readers by their names. */
const groups = {
  all: () => true,
  isolates: (name) => name.startsWith('isolate'),
  'polling clients': (name) => name.startsWith('polling'),
  'streaming clients': (name) => name.startsWith('streaming'),
}

/**
 * What goes wrong in each series of trials, and how late the last reader may be; `unleash` may give how to end it. Under
 * a flood there is less room for who looks.
 */
const series = {
  'KV a minute late': { trials: [200, 10], mostMs: 5_000, unleash: async () => {} },
  'flood of requests and events': { trials: [30, 5], mostMs: 10_000, unleash: flood, observeMs: 250 },
  'KV down': {
    trials: [30, 5],
    mostMs: 10_000,
    unleash: async ({ kv }) => void Object.assign(kv.weather, { isDown: true }),
  },
  'store slow and failing': { trials: [30, 5], mostMs: 10_000, unleash: slowStore },
}

/** From the answer to a kill until the last of fifty readers shows it. */
export async function kill(build, { quick, seed }) {
  const measures = []
  for (const [name, { trials, mostMs, ...how }] of Object.entries(series)) {
    const found = await trialsOf(build, { trials: trials[quick ? 1 : 0], seed, ...how })
    measures.push(...measuresOf(name, { ...found, mostMs }))
  }
  return measures
}

async function trialsOf(build, { trials, unleash, seed, observeMs = OBSERVE_MS }) {
  const fleet = await startFleet(build, { isolates: ISOLATES, core: undefined })
  const stage = await prepare(fleet, observeMs)
  try {
    const calm = await unleash(fleet)
    const dice = random(seed)
    const latest = Object.fromEntries(Object.keys(groups).map((group) => [group, []]))
    let missed = 0
    for (let trial = 0; trial < trials; trial++) {
      const { lateMs, missing } = await oneTrial(stage, { trial, dice })
      for (const [group, isOne] of Object.entries(groups)) latest[group].push(lateMs(isOne))
      missed += missing.length
    }
    const floodPerSecond = await calm?.()
    const { faults, gapsMs } = stage.watch
    return { floodPerSecond, latest, missed, faults, gapsMs, kills: trials * READERS }
  } finally {
    await stage.watch.stop()
    stage.close()
    await fleet.stop()
  }
}

/** Publishes, gives every reader the first revision, and begins to watch. */
async function prepare(fleet, observeMs) {
  await grantToken(fleet)
  const admin = adminOf(fleet)
  await admin.publish(definition())
  await fleet.setDistance(DISTANCE_MS)
  Object.assign(fleet.kv.weather, { lagMs: KV_LAG_MS })
  const isolates = fleet.readers
  await Promise.all(isolates.map(({ url }) => ready(url)))
  const token = fleet.clientToken
  const clients = await packageReaders(CLIENTS, { url: isolates.at(-1).url, token })
  const readers = [...isolates.map((one) => isolateReader(one, { token })), ...clients.readers]
  if (readers.length !== READERS) throw new Error(`there are ${readers.length} readers, and not ${READERS}`)
  const watch = new Watch(readers, { flag: FLAGS[1], intervalMs: observeMs })
  const { missing } = await watch.until(false, LIMIT_MS)
  if (missing.length > 0) throw new Error(`no answer of ${missing.join(', ')}`)
  return { admin, watch, close: clients.close }
}

function definition() {
  const flag = {
    type: 'boolean',
    reveal: 'rule',
    unit: 'userId',
    variants: { on: true, off: false },
    safe: 'off',
    rules: [{ id: 'all', traffic: 100, serve: 'on' }],
    otherwise: 'off',
  }
  const example = storefront(52)
  return { ...example, flags: { ...example.flags, ...Object.fromEntries(FLAGS.map((name) => [name, flag])) } }
}

/**
 * Takes the kill before back, kills the other flag, and waits for everybody. The moment of it is drawn. Whoever shows
 * this kill has the revision that took the last one back.
 */
async function oneTrial({ admin, watch }, { trial, dice }) {
  const [flag, before] = trial % 2 === 0 ? FLAGS : FLAGS.toReversed()
  await sleep(dice() * 300)
  watch.look(flag)
  if (trial > 0) await expectOk(await admin.operate('state', { flag: before, state: 'on', why: 'measured' }))
  await expectOk(await admin.operate('kill', { flag, why: 'measured' }))
  const answered = performance.now()
  const { reached, missing } = await watch.until(true, LIMIT_MS)
  // Long enough for whoever might bring back an older revision.
  await sleep(dice() * 300)
  const lateMs = (isOne) => {
    if (missing.some(isOne)) return LIMIT_MS
    return Math.max(0, ...reached.filter(({ name }) => isOne(name)).map(({ at }) => at - answered))
  }
  return { lateMs, missing }
}

/** As many requests as one process can send: evaluations of everything, and events that are none. */
async function flood({ readers, clientToken }) {
  const load = await startLoad({ core: undefined })
  const headers = { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' }
  const evaluations = readers.map(({ url }) => `${url}/ofrep/v1/evaluate/flags`)
  const events = readers.map(({ url }) => `${url}/v1/events`)
  const bodies = ['{"context":{"userId":"u-1"}}', '{"context":{}}', '{"events":[{"nonsense":true}]}', '{']
  const targets = [...evaluations, ...events].map((url) => ({ url, headers, bodies }))
  const sent = { requests: 0, seconds: 0 }
  let isOver = false
  const work = (async () => {
    while (!isOver) {
      const found = await load.send({ targets, connections: 32, seconds: FLOOD_SECONDS })
      sent.requests += found.targets.reduce((sum, { latencies }) => sum + latencies.length, 0)
      sent.seconds += found.seconds
    }
  })()
  return async () => {
    isOver = true
    await work
    load.stop()
    return sent.requests / sent.seconds
  }
}

async function slowStore(fleet) {
  await fleet.door(fleet.adminUrl, 'store', { latencyMs: 500, failEvery: 5 })
}

/** Enough of what is told beside the whole. */
const isShort = ({ measure }) => /p50|p99/.test(measure)

function measuresOf(name, { floodPerSecond, latest, missed, faults, gapsMs, kills, mostMs }) {
  return [
    ...told(`kill, ${name}: last of ${READERS}`, latest.all, { targets: { p99: `<= ${mostMs}` } }),
    ...Object.entries(latest)
      .slice(1)
      .flatMap(([group, late]) => told(`kill, ${name}: last of the ${group}`, late).filter(isShort)),
    { measure: `kill, ${name}: readers reached`, value: (100 * (kills - missed)) / kills, unit: '%', target: '= 100' },
    { measure: `kill, ${name}: revived`, value: faults.revived, unit: 'times', target: '= 0' },
    { measure: `kill, ${name}: revisions that went back`, value: faults.wentBack, unit: 'times', target: '= 0' },
    { measure: `kill, ${name}: without an answer`, value: faults.unanswered, unit: 'times', target: '= 0' },
    ...(floodPerSecond === undefined
      ? []
      : [{ measure: `kill, ${name}: of the flood`, value: floodPerSecond, unit: '1/s' }]),
    { measure: `kill, ${name}: observations of isolates`, value: gapsMs.length, unit: 'times' },
    { measure: `kill, ${name}: between two of an isolate, p99`, value: spread(gapsMs).p99, unit: 'ms' },
  ]
}
