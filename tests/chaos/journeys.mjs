import { adminOf, grantToken } from '../../benches/edge/admin.mjs'
import { startFleet } from '../../benches/edge/fleet.mjs'
import { journeys as travel } from '../e2e/journeys.mjs'
import { launch } from '../e2e/stage.mjs'

const SEQUENCES = [100_000, 1_000]

/**
 * Tabs in Chromium that are loaded, closed, hidden, cut off and given other visitors at random, while revisions are
 * published: whatever they are read to give is the answer of one revision for one visitor.
 */
export async function journeys(build, { quick, seed }) {
  const fleet = await startFleet(build, { isolates: [1], doors: false, core: undefined })
  const chromium = await launch()
  try {
    await grantToken(fleet)
    const flags = { url: fleet.adminUrl, publish: (definition) => adminOf(fleet).publish(definition) }
    const count = SEQUENCES[quick ? 1 : 0]
    const found = await travel({ flags, key: fleet.clientToken, chromium, count, seed })
    for (const each of found.wrong.slice(0, 5)) process.stderr.write(`  ${each}\n`)
    return [
      { measure: 'journeys: sequences', value: found.sequences, target: `>= ${count}` },
      { measure: 'journeys: steps', value: found.steps },
      { measure: 'journeys: reads', value: found.reads },
      { measure: 'journeys: revisions published', value: found.revisions, target: '>= 10' },
      {
        measure: 'journeys: wrong answers, exceptions and tabs that did not settle',
        value: found.wrong.length,
        target: '= 0',
      },
    ]
  } finally {
    await chromium.close()
    await fleet.stop()
  }
}
