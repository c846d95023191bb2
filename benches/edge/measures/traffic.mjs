import { adminOf, grantTokens } from '../admin.mjs'
import { ready, startFleet } from '../fleet.mjs'
import { startLoad, unwanted } from '../load.mjs'
import { spread } from '../quantile.mjs'
import { cores, startWorkerd } from '../workerd.mjs'

const FLAG = 'origin'
const ADDED_MS = 1

/** What the choice of an origin by a flag adds to a worker that forwards to the one origin there is. */
export async function traffic(build, { quick }) {
  const origin = await startWorker(build, 'origin', { core: cores.load })
  const url = origin.urls.origin
  const proxy = await startWorker(build, 'proxy', { core: cores.measured, bindings: [['ORIGIN', 'text', url]] })
  const fleet = await startFleet(build, { doors: false, vars: { TRAFFIC: JSON.stringify(routesTo(url)) } })
  const load = await startLoad()
  try {
    await grantTokens(fleet)
    await adminOf(fleet).publish(definition)
    await ready(fleet.adminUrl)
    const page = '/a/page?of=the-shop'
    await expectOrigin(fleet.adminUrl + page)
    const targets = [{ url: proxy.urls.proxy + page }, { url: fleet.adminUrl + page }]
    const measures = []
    for (const connections of [1, 8]) {
      const requests = quick ? 4_000 : 40_000
      await load.send({ targets, connections, requests: 2_000 })
      const found = await load.send({ targets, connections, requests })
      measures.push(...measuresOf(found.targets, connections))
    }
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

function measuresOf([bare, ours], connections) {
  const [one, other] = [bare, ours].map(({ latencies }) => spread(latencies))
  const on = `${connections} ${connections === 1 ? 'connection' : 'connections'}`
  const row = (name, found) =>
    ['p50', 'p90', 'p99'].map((which) => ({ measure: `${name}, ${on}: ${which}`, value: found[which], unit: 'ms' }))
  const added = ['p50', 'p90', 'p99'].map((which) => ({
    measure: `added, ${on}: ${which}`,
    value: other[which] - one[which],
    unit: 'ms',
    ...(which === 'p99' ? { target: `<= ${ADDED_MS}` } : {}),
  }))
  const failed = unwanted(ours.statuses) + unwanted(bare.statuses)
  return [
    { measure: `requests to each, ${on}`, value: one.count, unit: 'requests' },
    ...row('proxy', one),
    ...row('routed by a flag', other),
    ...added,
    { measure: `failed, ${on}`, value: failed, unit: 'requests', target: '= 0' },
  ]
}
