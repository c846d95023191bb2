import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf, grantToken } from '../../benches/edge/admin.mjs'
import { bodies, storefront } from '../../benches/edge/definition.mjs'
import { ready, startFleet } from '../../benches/edge/fleet.mjs'
import { startLoad, unwanted } from '../../benches/edge/load.mjs'
import { spread } from '../../benches/edge/quantile.mjs'

const DAY_SECONDS = 24 * 3600
const ISOLATES = 4
const PER_SECOND = 600
const CONNECTIONS = 8
const LOOK_MS = 100
/** By so much an answer may be later than beside. */
const ADDED_MS = 1
const BACK_TRIES = 600

/**
 * The store's process is ended and KV cuts every connection; the isolates are in a process that has no disk. First their
 * answers are timed beside those of isolates whose store goes on, request by request. Then a day passes by their clock,
 * which goes faster than the machine's, so that they ask in vain as often as they would in a day.
 */
export async function outage(build, { quick, seed }) {
  const daySeconds = quick ? 20 : 240
  const fleets = [
    await startFleet(build, { isolates: [1, ISOLATES] }),
    await startFleet(build, { isolates: [1, ISOLATES] }),
  ]
  const load = await startLoad()
  try {
    const [calm, hit] = await Promise.all(fleets.map((fleet) => prepared(fleet, seed)))
    const both = { ...calm, targets: calm.targets.flatMap((target, at) => [target, hit.targets[at]]) }
    await load.send({ ...both, seconds: 2 })
    await takeDown(fleets[1])
    const beside = await load.send({ ...both, seconds: quick ? 10 : 60 })
    const rate = DAY_SECONDS / daySeconds
    for (const { url } of farOf(fleets[1])) await fleets[1].door(url, 'clock', { rate })
    const asked = await askedBy(fleets[1])
    const { during, looks } = await dayOf({ load, job: hit, daySeconds })
    const attempts = (await askedBy(fleets[1])) - asked
    const backMs = await bringBack(fleets[1], hit)
    const times = [0, 1].map((which) => all({ targets: beside.targets.filter((_, at) => at % 2 === which) }))
    return measuresOf({ times, during, looks, backMs, attempts, rate })
  } finally {
    load.stop()
    await Promise.all(fleets.map((fleet) => fleet.stop()))
  }
}

/** Gives what is sent to the isolates that are not in the store's process. */
async function prepared(fleet, seed) {
  await grantToken(fleet)
  await adminOf(fleet).publish(storefront(52, seed))
  const readers = farOf(fleet)
  for (const { url } of readers) await ready(url)
  return jobOf(readers, { token: fleet.clientToken, seed })
}

const farOf = (fleet) => fleet.readers.filter(({ url }) => url !== fleet.adminUrl)

async function takeDown(fleet) {
  await fleet.processes[0].stop('SIGKILL')
  fleet.kv.weather.isDown = true
}

/** Gives how long it took until no isolate says any more that it is stale. */
async function bringBack(fleet, job) {
  fleet.kv.weather.isDown = false
  fleet.processes[0] = await fleet.startProcess(0)
  return await timeUntilFresh(job)
}

function jobOf(readers, { token, seed }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const contexts = bodies(256, seed)
  const targets = readers.map(({ url }) => ({ url: `${url}/ofrep/v1/evaluate/flags`, headers, bodies: contexts }))
  return { targets, connections: CONNECTIONS, perSecond: PER_SECOND }
}

/** The answers of a day, and, looked at now and then, whether they say that they are stale. */
async function dayOf({ load, job, daySeconds }) {
  const looks = { labelled: 0, unlabelled: 0 }
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      for (const target of job.targets) looks[(await saysStale(target)) ? 'labelled' : 'unlabelled'] += 1
      await sleep(LOOK_MS)
    }
  })()
  const during = all(await load.send({ ...job, seconds: daySeconds }))
  isOver = true
  await looking
  return { during, looks }
}

async function saysStale({ url, headers, bodies: [body] }) {
  const response = await fetch(url, { method: 'POST', headers, body })
  return response.ok && (await response.text()).includes('"stale":true')
}

async function timeUntilFresh({ targets }) {
  const began = performance.now()
  for (let tries = 0; tries < BACK_TRIES; tries++) {
    const stale = await Promise.all(targets.map(saysStale))
    if (!stale.includes(true)) return performance.now() - began
    await sleep(20)
  }
  throw new Error(`${targets.length} isolates are stale though the store is back`)
}

/** How often the isolates have asked the store. */
async function askedBy(fleet) {
  const healths = await Promise.all(farOf(fleet).map(async ({ url }) => (await fetch(`${url}/healthz`)).json()))
  return healths.reduce((sum, { counters }) => sum + counters.asked, 0)
}

/** All targets together. */
function all({ targets }) {
  const latencies = targets.flatMap((target) => [...target.latencies])
  return { latencies, failed: targets.reduce((sum, { statuses }) => sum + unwanted(statuses), 0) }
}

function measuresOf({ times, during, looks, backMs, attempts, rate }) {
  const [calm, hit] = times.map(({ latencies }) => spread(latencies))
  const requests = hit.count + during.latencies.length
  const answered = (100 * (requests - during.failed - times[1].failed)) / requests
  const rows = ['p50', 'p99'].flatMap((which) => [
    { measure: `outage: ${which} beside, with a store`, value: calm[which], unit: 'ms' },
    { measure: `outage: ${which} without`, value: hit[which], unit: 'ms' },
    { measure: `outage: added at ${which}`, value: hit[which] - calm[which], unit: 'ms', target: `<= ${ADDED_MS}` },
  ])
  return [
    { measure: 'outage: hours by the clock of the isolates', value: DAY_SECONDS / 3600, unit: 'h' },
    { measure: 'outage: this clock is faster than the machine', value: rate, unit: 'times' },
    { measure: `outage: questions that ${ISOLATES} isolates asked in vain`, value: attempts, unit: 'questions' },
    { measure: 'outage: requests', value: requests, unit: 'requests' },
    { measure: 'outage: answered', value: answered, unit: '%', target: '= 100' },
    { measure: 'outage: looked at, and labelled stale', value: looks.labelled, unit: 'answers', target: '> 0' },
    { measure: 'outage: looked at, and not labelled', value: looks.unlabelled, unit: 'answers', target: '= 0' },
    { measure: 'outage: requests beside each other', value: hit.count, unit: 'requests' },
    ...rows,
    { measure: 'outage: all fresh after the store was back', value: backMs, unit: 'ms' },
  ]
}
