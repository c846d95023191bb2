import { measureEdge } from './measured.mjs'

const help = `npm run chaos [-- --only PART,… | --quick | --seed N | --json]

Breaks what an edge depends on, in bare workerd on this machine, and watches what readers are given meanwhile.

  --only   some of: kill, outage, return, trap, writers, damage, crash, lives, journeys
  --quick  less of everything: a minute or so each
  --seed   of what is drawn; 1 when absent
  --json   the measures as one JSON array, and nothing else on standard output

docs/edge-measurements.md says what each part does.
`

const parts = {
  kill: ['a kill, and fifty readers', async () => (await import('../tests/chaos/kill.mjs')).kill],
  outage: ['a day without store and KV', async () => (await import('../tests/chaos/outage.mjs')).outage],
  return: ['everybody back after an outage', async () => (await import('../tests/chaos/return.mjs')).comeBack],
  trap: ['a trap with 1,000 requests in flight', async () => (await import('../tests/chaos/trap.mjs')).trap],
  writers: ['fifty writers at once', async () => (await import('../tests/chaos/writers.mjs')).writers],
  damage: ['damaged bundles', async () => (await import('../tests/chaos/damage.mjs')).damage],
  lives: ['pages that end in every way', async () => (await import('../tests/chaos/lives.mjs')).lives],
  crash: ['the store killed while it publishes', async () => (await import('../tests/chaos/crash.mjs')).crash],
  journeys: ['tabs on random journeys', async () => (await import('../tests/chaos/journeys.mjs')).journeys],
}

await measureEdge({ help, title: 'The edge, when things break', parts })
