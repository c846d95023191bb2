import { median } from '../../rounds.mjs'
import { adminOf, grantToken } from '../admin.mjs'
import { bodies, storefront } from '../definition.mjs'
import { ready, startFleet } from '../fleet.mjs'
import { startLoad, unwanted } from '../load.mjs'
import { spread } from '../quantile.mjs'
import { cores, startWorkerd } from '../workerd.mjs'

const FLAGS = 350
const CONTEXTS = 1024
const CONNECTIONS = 16
const SHARE = 0.7

/**
 * The bulk route of the remote protocol with 350 flags, beside a worker that does nothing but answer as many bytes.
 * What counts is the time of the processor a request, because the process that sends may be the slower one.
 */
export async function bulk(build, { quick, seed }) {
  const fleet = await startFleet(build, { doors: false })
  const load = await startLoad()
  try {
    const target = await prepared(fleet, seed)
    const bytes = await bytesOf(load, target)
    const constant = await startConstant(build, Math.round(bytes))
    const process = fleet.processes[0]
    const contestants = [
      { name: 'constant body', process: constant, target: { ...target, url: constant.urls.constant } },
      { name: 'constant body, question read', process: constant, target: { ...target, url: constant.urls.reading } },
      { name: '350 flags, contexts in turn', process, target },
      { name: '350 flags, one context', process, target: { ...target, bodies: target.bodies.slice(0, 1) } },
    ]
    const rounds = await alternate(load, contestants, quick ? { rounds: 5, seconds: 1 } : { rounds: 15, seconds: 3 })
    await constant.stop()
    return measuresOf(rounds, bytes)
  } finally {
    load.stop()
    await fleet.stop()
  }
}

async function prepared(fleet, seed) {
  await grantToken(fleet)
  await adminOf(fleet).publish(storefront(FLAGS, seed))
  await ready(fleet.adminUrl)
  return {
    url: `${fleet.adminUrl}/ofrep/v1/evaluate/flags`,
    headers: { authorization: `Bearer ${fleet.clientToken}`, 'content-type': 'application/json' },
    bodies: bodies(CONTEXTS, seed),
  }
}

/** How long the answers are on average: what the other worker has to answer. */
async function bytesOf(load, target) {
  const { targets } = await load.send({ targets: [target], connections: 4, requests: CONTEXTS })
  const [{ bytes, statuses }] = targets
  if (unwanted(statuses) > 0) throw new Error(`the worker answered ${JSON.stringify(statuses)}`)
  return bytes / CONTEXTS
}

function startConstant({ folder, settings }, bytes) {
  const worker = (name, more) => ({
    name,
    modules: ['constant.js'],
    date: settings.date,
    bindings: [['BYTES', 'text', bytes], ...more],
  })
  const services = [worker('constant', []), worker('reading', [['READS', 'text', 'yes']])]
  return startWorkerd({ folder, name: 'constant', core: cores.measured, services, sockets: ['constant', 'reading'] })
}

/** One contestant after another, in rounds, so that what the machine does meanwhile falls on all of them. */
async function alternate(load, contestants, { rounds, seconds }) {
  const found = contestants.map(({ name }) => ({ name, cpuMs: [], perSecond: [], latencies: [], failed: 0 }))
  for (let round = -1; round < rounds; round++) {
    for (const [at, { process, target }] of contestants.entries()) {
      const before = process.cpuMs()
      const { seconds: took, targets } = await load.send({ targets: [target], connections: CONNECTIONS, seconds })
      const [{ latencies, statuses }] = targets
      // The first round warms up.
      if (round < 0) continue
      found[at].cpuMs.push((process.cpuMs() - before) / latencies.length)
      found[at].perSecond.push(latencies.length / took)
      found[at].latencies.push(...latencies)
      found[at].failed += unwanted(statuses)
    }
  }
  return found
}

function measuresOf([constant, reading, ...ours], bytes) {
  const measures = [{ measure: 'bytes of an answer, on average', value: bytes, unit: 'bytes' }]
  for (const one of [constant, reading, ...ours]) {
    const { count, p50, p99 } = spread(one.latencies)
    measures.push(
      { measure: `${one.name}: processor time a request`, value: median(one.cpuMs) * 1000, unit: 'µs' },
      { measure: `${one.name}: requests a second`, value: median(one.perSecond), unit: '1/s' },
      { measure: `${one.name}: p50 of ${count} requests`, value: p50, unit: 'ms' },
      { measure: `${one.name}: p99`, value: p99, unit: 'ms' },
      { measure: `${one.name}: failed`, value: one.failed, unit: 'requests', target: '= 0' },
    )
  }
  for (const one of ours) {
    const beside = (other) => median(one.cpuMs.map((cpuMs, round) => other.cpuMs[round] / cpuMs))
    const measure = `${one.name}: requests a processor second ÷ constant body`
    measures.push(
      { measure, value: beside(constant), unit: '×', target: `>= ${SHARE}` },
      { measure: `${measure}, question read`, value: beside(reading), unit: '×' },
    )
  }
  return measures
}
