import { Failure } from './lib/failure.mjs'
import { measureEdge } from './measured.mjs'

const help = `npm run bench:edge [-- --only PART,… | --quick | --seed N | --json]

Measures the worker as it is deployed, in bare workerd on this machine, beside the least that could do its part.

  --only   some of: bulk, traffic, cold
  --quick  less of everything: a minute or so each
  --seed   of the definition and its contexts; 1 when absent
  --json   the measures as one JSON array, and nothing else on standard output

docs/edge-measurements.md says what each part does.
`

const parts = {
  bulk: [
    '350 flags in bulk, beside a constant body',
    async () => (await import('../benches/edge/measures/bulk.mjs')).bulk,
  ],
  traffic: [
    'an origin chosen by a flag, beside a proxy',
    async () => (await import('../benches/edge/measures/traffic.mjs')).traffic,
  ],
  cold: ['the first answer of an isolate', async () => (await import('../benches/edge/measures/cold.mjs')).cold],
}

async function check() {
  const { canCountCpu } = await import('../benches/edge/workerd.mjs')
  if (!canCountCpu) throw new Failure('The time of processes is read from /proc, which only Linux has.')
}

await measureEdge({ help, title: 'The edge, beside the least that could do it', parts, check })
