import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf, grantTokens } from '../../benches/edge/admin.mjs'
import { bodies, storefront } from '../../benches/edge/definition.mjs'
import { ready, startFleet } from '../../benches/edge/fleet.mjs'
import { startLoad, unwanted } from '../../benches/edge/load.mjs'
import { spread } from '../../benches/edge/quantile.mjs'

const DAY_SECONDS = 24 * 3600
const ISOLATES = 4
const PER_SECOND = 600
const CONNECTIONS = 8
const LOOK_MS = 100
/** An answer may be later than before the outage by so much, among a hundred at most by one. */
const ADDED_MS = 1
const BACK_TRIES = 600

/**
 * The store's process is ended and KV cuts every connection, for a day by the clock of the isolates, which goes faster
 * than the machine's: so they ask as often as they would in that day. They are in a process that has no disk.
 */
export async function outage(build, { quick, seed }) {
  const daySeconds = quick ? 20 : 240
  const fleet = await startFleet(build, { isolates: [1, ISOLATES] })
  const load = await startLoad()
  try {
    await grantTokens(fleet)
    await adminOf(fleet).publish(storefront(52, seed))
    const readers = fleet.readers.filter(({ url }) => url !== fleet.adminUrl)
    for (const { url } of readers) await ready(url)
    const setRate = (rate) => Promise.all(readers.map(({ url }) => fleet.door(url, 'clock', { rate })))
    const job = jobOf(readers, { token: fleet.clientToken, seed })
    await load.send({ ...job, seconds: 2 })
    await setRate(DAY_SECONDS / daySeconds)
    const before = all(await load.send({ ...job, seconds: daySeconds / 4 }))
    const asked = await countersOf(readers)
    await fleet.processes[0].stop('SIGKILL')
    fleet.kv.weather.isDown = true
    const { during, looks } = await dayOf({ load, job, readers, daySeconds, token: fleet.clientToken })
    const counters = await countersOf(readers)
    fleet.kv.weather.isDown = false
    fleet.processes[0] = await fleet.startProcess(0)
    const backMs = await timeUntilFresh(readers, job)
    return measuresOf({
      before,
      during,
      looks,
      backMs,
      attempts: counters.asked - asked.asked,
      rate: DAY_SECONDS / daySeconds,
    })
  } finally {
    load.stop()
    await fleet.stop()
  }
}

function jobOf(readers, { token, seed }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const contexts = bodies(256, seed)
  const targets = readers.map(({ url }) => ({ url: `${url}/ofrep/v1/evaluate/flags`, headers, bodies: contexts }))
  return { targets, connections: CONNECTIONS, perSecond: PER_SECOND }
}

/** The answers of a day, and, looked at now and then, whether they say that they are stale. */
async function dayOf({ load, job, readers, daySeconds }) {
  const looks = { labelled: 0, unlabelled: 0 }
  let isOver = false
  const looking = (async () => {
    // The first question has to fail before anybody can know.
    await sleep(5 * LOOK_MS)
    while (!isOver) {
      for (let at = 0; at < readers.length; at++) {
        const isStale = await saysStale(job.targets[at])
        looks[isStale ? 'labelled' : 'unlabelled'] += 1
      }
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

async function timeUntilFresh(readers, { targets }) {
  const began = performance.now()
  for (let tries = 0; tries < BACK_TRIES; tries++) {
    const stale = await Promise.all(targets.map(saysStale))
    if (!stale.includes(true)) return performance.now() - began
    await sleep(20)
  }
  throw new Error(`${readers.length} isolates are stale though the store is back`)
}

async function countersOf(readers) {
  const found = await Promise.all(
    readers.map(async ({ url }) => (await (await fetch(`${url}/healthz`)).json()).counters),
  )
  return { asked: found.reduce((sum, { asked }) => sum + asked, 0) }
}

/** All targets together. */
function all({ targets }) {
  const latencies = targets.flatMap((target) => [...target.latencies])
  return { latencies, failed: targets.reduce((sum, { statuses }) => sum + unwanted(statuses), 0) }
}

function measuresOf({ before, during, looks, backMs, attempts, rate }) {
  const [calm, hard] = [before, during].map(({ latencies }) => spread(latencies))
  const answered = (100 * (hard.count - during.failed)) / hard.count
  const rows = ['p50', 'p99'].flatMap((which) => [
    { measure: `outage: ${which} before`, value: calm[which], unit: 'ms' },
    { measure: `outage: ${which} during`, value: hard[which], unit: 'ms' },
    { measure: `outage: added at ${which}`, value: hard[which] - calm[which], unit: 'ms', target: `<= ${ADDED_MS}` },
  ])
  return [
    { measure: 'outage: hours by the clock of the isolates', value: DAY_SECONDS / 3600, unit: 'h' },
    { measure: 'outage: this clock is faster than the machine', value: rate, unit: 'times' },
    { measure: `outage: questions that ${ISOLATES} isolates asked in vain`, value: attempts, unit: 'questions' },
    { measure: 'outage: requests', value: hard.count, unit: 'requests' },
    { measure: 'outage: answered', value: answered, unit: '%', target: '= 100' },
    { measure: 'outage: looked at, and labelled stale', value: looks.labelled, unit: 'answers', target: '> 0' },
    { measure: 'outage: looked at, and not labelled', value: looks.unlabelled, unit: 'answers', target: '= 0' },
    ...rows,
    { measure: 'outage: all fresh after the store was back', value: backMs, unit: 'ms' },
  ]
}
