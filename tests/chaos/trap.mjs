import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf, grantToken } from '../../benches/edge/admin.mjs'
import { bodies, storefront } from '../../benches/edge/definition.mjs'
import { ready, startFleet } from '../../benches/edge/fleet.mjs'
import { startLoad, unwanted } from '../../benches/edge/load.mjs'
import { spread } from '../../benches/edge/quantile.mjs'

const FLAGS = 350
const IN_FLIGHT = 1_000
const AFTER = 5_000

/**
 * The engine traps in the middle of a thousand requests: the call that meets it is given the address of an engine where
 * there is no memory, in the very exports that the worker calls.
 */
export async function trap(build, { quick, seed }) {
  const fleet = await startFleet(build)
  const load = await startLoad()
  try {
    await grantToken(fleet)
    await adminOf(fleet).publish(storefront(FLAGS, seed))
    await ready(fleet.adminUrl)
    const target = {
      url: `${fleet.adminUrl}/ofrep/v1/evaluate/flags`,
      headers: { authorization: `Bearer ${fleet.clientToken}`, 'content-type': 'application/json' },
      bodies: bodies(256, seed),
    }
    await load.send({ targets: [target], connections: 16, requests: 1_000 })
    const found = { traps: 0, during: 0, after: 0, instances: 0, healed: [], calm: [], trapped: [] }
    for (let round = 0; round < (quick ? 3 : 20); round++) await oneRound({ fleet, load, target }, found)
    return measuresOf(found)
  } finally {
    load.stop()
    await fleet.stop()
  }
}

async function oneRound({ fleet, load, target }, found) {
  const volley = () => load.send({ targets: [target], connections: IN_FLIGHT, requests: IN_FLIGHT })
  const door = (change) => fleet.door(fleet.adminUrl, 'trap', change)
  const calm = await volley()
  const before = await door({ trapAfter: IN_FLIGHT / 2 })
  const trapped = await volley()
  const now = await door({})
  if (now.traps !== before.traps + 1) throw new Error('the engine did not trap')
  const later = await load.send({ targets: [target], connections: 16, requests: AFTER })
  found.traps += 1
  found.healed.push(now.healedMs)
  found.instances += now.instances - before.instances
  found.during += unwanted(trapped.targets[0].statuses)
  found.after += unwanted(later.targets[0].statuses)
  found.calm.push(spread(calm.targets[0].latencies).max)
  found.trapped.push(spread(trapped.targets[0].latencies).max)
  await sleep(50)
}

function measuresOf({ traps, during, after, instances, healed, calm, trapped }) {
  return [
    { measure: 'trap: requests in flight at each', value: IN_FLIGHT, unit: 'requests' },
    { measure: 'trap: traps', value: traps, unit: 'traps' },
    { measure: 'trap: new instances of the engine', value: instances, unit: 'instances', target: `= ${traps}` },
    { measure: 'trap: in flight and failed', value: during, unit: 'requests' },
    { measure: 'trap: later and failed', value: after, unit: 'requests', target: '= 0' },
    { measure: 'trap: later', value: traps * AFTER, unit: 'requests' },
    { measure: 'trap: time to answer all in flight, without a trap, median', value: spread(calm).p50, unit: 'ms' },
    { measure: 'trap: the same with one', value: spread(trapped).p50, unit: 'ms' },
    { measure: 'trap: until the next evaluation had ended, median', value: spread(healed).p50, unit: 'ms' },
    { measure: 'trap: the same, at most', value: spread(healed).max, unit: 'ms' },
  ]
}
