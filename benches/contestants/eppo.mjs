import { RULED, SPLIT, VARIANTS } from '../work.mjs'

// It would tell on standard output, which belongs to the measures, what it does.
process.env.LOG_LEVEL = 'silent'
const { init } = await import('@eppo/node-server-sdk')

const SHARDS = 10_000

/** As its README says: `init`, then an assignment call. What it would fetch is given to it from memory. */
export const eppo = {
  name: 'Eppo',
  package: '@eppo/node-server-sdk',
  note: 'Its assignments are not logged. Its suffix is a regular expression.',
  translate: (flags) =>
    JSON.stringify({
      createdAt: '2026-11-21T12:00:00.000Z',
      format: 'SERVER',
      environment: { name: 'bench' },
      flags: Object.fromEntries(flags.map((flag) => [flag.key, definition(flag)])),
      banditReferences: {},
    }),
  context: ({ userId, ...attributes }) => ({ userId, attributes }),
  async load(bytes) {
    const client = await answering(bytes, () =>
      init({ apiKey: 'bench', baseUrl: 'http://127.0.0.1:9', assignmentLogger: { logAssignment: () => {} } }),
    )
    client.stopPolling()
    const string = (key, { userId, attributes }) => client.getStringAssignment(key, userId, attributes, 'control')
    const keys = client.getFlagKeys()
    return {
      one: (key, kind) =>
        kind === 'targeted'
          ? (context) => string(key, context)
          : ({ userId, attributes }) => client.getBooleanAssignment(key, userId, attributes, false),
      all: (context) => {
        const values = {}
        for (const key of keys) values[key] = string(key, context)
        return values
      },
      valueIn: (all, key) => all[key],
    }
  },
}

async function answering(bytes, work) {
  const { fetch } = globalThis
  globalThis.fetch = async () => new Response(bytes, { headers: { 'content-type': 'application/json' } })
  try {
    return await work()
  } finally {
    globalThis.fetch = fetch
  }
}

function definition(flag) {
  const values = flag.kind === 'targeted' ? VARIANTS : [true, false]
  return {
    key: flag.key,
    enabled: true,
    variationType: flag.kind === 'targeted' ? 'STRING' : 'BOOLEAN',
    variations: Object.fromEntries(values.map((value) => [String(value), { key: String(value), value }])),
    allocations: allocations[flag.kind](flag),
    totalShards: SHARDS,
  }
}

/** Nothing is logged, which spares it the work and the memory. */
const allocation = (key, splits, rules = []) => ({ key, rules, splits, doLog: false })
const everybody = (variationKey) => [{ variationKey, shards: [] }]
const ranges = (salt, from, to) => [{ salt, ranges: [{ start: (from * SHARDS) / 100, end: (to * SHARDS) / 100 }] }]

const allocations = {
  fixed: ({ on }) => [allocation('all', everybody(String(on)))],
  rollout: ({ key, percent }) => [
    allocation('rollout', [{ variationKey: 'true', shards: ranges(`${key}-traffic`, 0, percent) }]),
    allocation('rest', everybody('false')),
  ],
  targeted({ key, countries, version, suffix }) {
    const asked = [
      { attribute: 'country', operator: 'ONE_OF', value: countries },
      { attribute: 'appVersion', operator: 'GTE', value: version },
      { attribute: 'email', operator: 'MATCHES', value: `${suffix.replaceAll('.', '\\.')}$` },
    ]
    const rules = asked.map((condition, index) =>
      allocation(RULED[index], everybody(RULED[index]), [{ conditions: [condition] }]),
    )
    let from = 0
    const splits = Object.entries(SPLIT).map(([variationKey, weight]) => {
      const shards = ranges(`${key}-split`, from, from + weight)
      from += weight
      return { variationKey, shards }
    })
    return [...rules, allocation('split', splits)]
  },
}
