import { setTimeout as sleep } from 'node:timers/promises'
import { adminOf, grantToken } from '../../benches/edge/admin.mjs'
import { storefront } from '../../benches/edge/definition.mjs'
import { ready, startFleet } from '../../benches/edge/fleet.mjs'
import { random, told } from '../../benches/edge/quantile.mjs'

/** Which flag says in its description how often it was published. */
const FLAG = 'search-ranking'
/** Counted from the first publish that was acknowledged: long enough for some more, and for one to be in the middle. */
const LONGEST_MS = 300

/**
 * The process of the store is ended without a warning while somebody publishes as fast as it answers. After the restart
 * there is everything that was acknowledged, and every revision is whole: its definition is there, is the one that was
 * sent, and is served by an isolate that has just started.
 */
export async function crash(build, { quick, seed }) {
  const dice = random(seed)
  const fleet = await startFleet(build, { core: undefined })
  const definition = storefront(52, seed)
  const found = { kills: 0, acknowledged: 0, lost: 0, torn: 0, unserved: 0, cutOff: 0, restarts: [] }
  try {
    await grantToken(fleet)
    await adminOf(fleet).publish(definition)
    const sent = new Map()
    for (let kill = 0; kill < (quick ? 20 : 100); kill++) {
      const first = signal()
      const publishing = publishUntilItEnds(fleet, { definition, sent, found, first })
      await Promise.race([first.given, publishing])
      await sleep(dice() * LONGEST_MS)
      await fleet.processes[0].stop('SIGKILL')
      const acknowledged = await publishing
      found.kills += 1
      const began = performance.now()
      fleet.processes[0] = await fleet.startProcess(0)
      await inspect(fleet, { acknowledged, sent, found })
      found.restarts.push(performance.now() - began)
    }
    return measuresOf(found)
  } finally {
    await fleet.stop()
  }
}

/** Gives the revisions that were acknowledged. What was sent may be one more, which nobody was told of. */
async function publishUntilItEnds(fleet, { definition, sent, found, first }) {
  const admin = adminOf(fleet)
  const acknowledged = []
  for (;;) {
    const mark = `mark ${sent.size}`
    const marked = withMark(definition, mark)
    sent.set(mark, true)
    try {
      const response = await admin.put(marked)
      const body = await response.json()
      if (!response.ok) throw new Refused(`a publish was answered with ${response.status}`)
      acknowledged.push({ revision: body.revision, mark })
      first.done()
    } catch (cause) {
      if (cause instanceof Refused) throw cause
      found.cutOff += 1
      found.acknowledged += acknowledged.length
      return acknowledged
    }
  }
}

class Refused extends Error {}

/** A promise, and what settles it. */
function signal() {
  let done
  const given = new Promise((resolve) => {
    done = resolve
  })
  return { given, done }
}

function withMark(definition, mark) {
  const flag = { ...definition.flags[FLAG], description: mark }
  return { ...definition, flags: { ...definition.flags, [FLAG]: flag } }
}

async function inspect(fleet, { acknowledged, sent, found }) {
  const admin = adminOf(fleet)
  const revisions = (await admin.history()).map(({ revision }) => revision)
  const isWhole = revisions.every((revision, at) => revision === revisions.length - at)
  if (!isWhole) found.torn += 1
  for (const { revision, mark } of acknowledged) {
    if ((await markOf(admin, revision)) !== mark) found.lost += 1
  }
  const [latest] = revisions
  const last = await markOf(admin, latest)
  if (latest > 1 && !sent.has(last)) found.torn += 1
  const { revision } = await ready(fleet.adminUrl)
  if (revision !== latest) found.unserved += 1
}

async function markOf(admin, revision) {
  const response = await admin.ask(`/v1/admin/definition?revision=${revision}`)
  if (!response.ok) return undefined
  const { revision: own, flags } = await response.json()
  return own === revision ? flags[FLAG].description : undefined
}

function measuresOf({ kills, acknowledged, lost, torn, unserved, cutOff, restarts }) {
  return [
    { measure: 'crash: kills while publishing', value: kills, unit: 'kills', target: '>= 20' },
    { measure: 'crash: of these in the middle of a publish', value: cutOff, unit: 'kills' },
    { measure: 'crash: revisions acknowledged', value: acknowledged, unit: 'revisions' },
    { measure: 'crash: of these lost', value: lost, unit: 'revisions', target: '= 0' },
    { measure: 'crash: histories or revisions that are not whole', value: torn, unit: 'times', target: '= 0' },
    { measure: 'crash: latest revisions that are not served', value: unserved, unit: 'times', target: '= 0' },
    ...told('crash: from the restart until all was looked through', restarts),
  ]
}
