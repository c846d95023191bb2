import { median } from '../../rounds.mjs'
import { adminOf, grantToken } from '../admin.mjs'
import { ready, startFleet } from '../fleet.mjs'
import { startLoad, unwanted } from '../load.mjs'
import { spread } from '../quantile.mjs'
import { cores, startWorkerd } from '../workerd.mjs'

const FLAG = 'origin'
const ADDED_MS = 1
const QUANTILES = ['p50', 'p90', 'p99']

/** One request after another; and as many as come in a second, whatever the answers take. */
const ways = [
  { name: 'one connection', connections: 1 },
  { name: '400 a second', connections: 32, perSecond: 400 },
]

/** What the choice of an origin by a flag adds to a worker that forwards to the one origin there is. */
export async function traffic(build, { quick }) {
  const origin = await startWorker(build, 'origin', { core: cores.load })
  const url = origin.urls.origin
  const proxy = await startWorker(build, 'proxy', { core: cores.measured, bindings: [['ORIGIN', 'text', url]] })
  const fleet = await startFleet(build, { doors: false, vars: { TRAFFIC: JSON.stringify(routesTo(url)) } })
  const load = await startLoad()
  try {
    await grantToken(fleet)
    await adminOf(fleet).publish(definition)
    await ready(fleet.adminUrl)
    const page = '/a/page?of=the-shop'
    await expectOrigin(fleet.adminUrl + page)
    const targets = [{ url: proxy.urls.proxy + page }, { url: fleet.adminUrl + page }]
    const measures = []
    for (const way of ways) measures.push(...(await compare(load, targets, { ...way, quick })))
    return measures
  } finally {
    load.stop()
    await Promise.all([fleet.stop(), proxy.stop(), origin.stop()])
  }
}

/** Both colours are at one origin: what is measured is the choice, and not where it leads. */
const routesTo = (url) => ({
  origins: { blue: { url }, green: { url } },
  routes: [{ path: '/*', flag: FLAG, safe: 'blue' }],
})

const definition = {
  format: 1,
  flags: {
    [FLAG]: {
      type: 'string',
      reveal: 'none',
      unit: 'userId',
      variants: { blue: 'blue', green: 'green' },
      safe: 'blue',
      rules: [{ id: 'shift', traffic: 50, serve: 'green', salt: 'measured' }],
      otherwise: 'blue',
    },
  },
}

function startWorker({ folder, settings }, name, { core, bindings = [] }) {
  const services = [{ name, modules: [`${name}.js`], date: settings.date, bindings }]
  return startWorkerd({ folder, name, core, services, sockets: [name] })
}

async function expectOrigin(url) {
  const response = await fetch(url)
  await response.arrayBuffer()
  if (response.headers.get('x-origin') === 'measured') return
  throw new Error(`${url} is not routed to the origin: it answered ${response.status}`)
}

/** Both get every other request, in rounds; what is added is the median of the rounds' differences. */
async function compare(load, targets, { name, quick, ...way }) {
  const [rounds, requests] = quick ? [5, 1_000] : [15, 4_000]
  await load.send({ ...way, targets, requests: 1_000 })
  const found = { bare: [], ours: [], failed: 0 }
  for (let round = 0; round < rounds; round++) {
    const [bare, ours] = (await load.send({ ...way, targets, requests })).targets
    found.bare.push(spread(bare.latencies))
    found.ours.push(spread(ours.latencies))
    found.failed += unwanted(ours.statuses) + unwanted(bare.statuses)
  }
  return measuresOf(name, found, { requests: (rounds * requests) / 2 })
}

function measuresOf(way, { bare, ours, failed }, { requests }) {
  const row = (who, valueIn) =>
    QUANTILES.map((which) => {
      const value = median(bare.map((_, round) => valueIn(round, which)))
      return { measure: `${who}, ${way}: ${which}`, value, unit: 'ms' }
    })
  const added = row('added', (round, which) => ours[round][which] - bare[round][which])
  return [
    { measure: `requests to each, ${way}`, value: requests, unit: 'requests' },
    ...row('proxy', (round, which) => bare[round][which]),
    ...row('routed by a flag', (round, which) => ours[round][which]),
    ...added.map((one) => (one.measure.endsWith('p99') ? { ...one, target: `<= ${ADDED_MS}` } : one)),
    { measure: `failed, ${way}`, value: failed, unit: 'requests', target: '= 0' },
  ]
}
