import { FliptClient } from '@flipt-io/flipt-client-js'
import { RULED, SPLIT, versionNumber } from '../work.mjs'

/** As its README says: `init` with a fetcher of one's own, which here answers from memory, and no updates. */
export const flipt = {
  name: 'Flipt (Wasm)',
  package: '@flipt-io/flipt-client-js',
  note: 'It has no versions: the host gives it the version as one number.',
  translate: (flags) => JSON.stringify({ namespace: { key: 'default' }, flags: flags.map(definition) }),
  context: ({ userId, appVersion, signedIn, ...attributes }) => ({
    entityId: userId,
    context: { ...attributes, signedIn: `${signedIn}`, appVersion: `${versionNumber(appVersion)}` },
  }),
  async load(bytes) {
    const fetcher = async () => new Response(bytes)
    const client = await quietly(() => FliptClient.init({ fetcher, updateInterval: 0 }))
    const keys = client.listFlags().map(({ key }) => key)
    return {
      one: (flagKey, kind) =>
        kind === 'targeted'
          ? ({ entityId, context }) => client.evaluateVariant({ flagKey, entityId, context }).variantKey
          : ({ entityId, context }) => client.evaluateBoolean({ flagKey, entityId, context }).enabled,
      all: ({ entityId, context }) => client.evaluateBatch(keys.map((flagKey) => ({ flagKey, entityId, context }))),
      valueIn: ({ responses }, key) =>
        responses.find(({ variantEvaluationResponse: found }) => found?.flagKey === key)?.variantEvaluationResponse
          .variantKey,
      close: () => client.close(),
    }
  },
}

/** Its glue warns each time that it is called in an old way by itself. */
async function quietly(work) {
  const { warn } = console
  Object.assign(console, { warn: () => {} })
  try {
    return await work()
  } finally {
    Object.assign(console, { warn })
  }
}

const definition = (flag) => ({
  key: flag.key,
  name: flag.key,
  type: flag.kind === 'targeted' ? 'VARIANT_FLAG_TYPE' : 'BOOLEAN_FLAG_TYPE',
  // Of a boolean flag it is what those get whom no rollout reaches.
  enabled: flag.kind === 'targeted' || flag.on === true,
  ...rules[flag.kind](flag),
})

const all = (key, constraints) => [{ key, matchType: 'ALL_SEGMENT_MATCH_TYPE', constraints }]

function rule(key, constraints, distributions) {
  return { segments: all(key, constraints), segmentOperator: 'OR_SEGMENT_OPERATOR', distributions }
}

const rules = {
  fixed: () => ({ rules: [], rollouts: [] }),
  rollout: ({ percent }) => ({
    rules: [],
    rollouts: [{ type: 'THRESHOLD_ROLLOUT_TYPE', rank: 1, threshold: { percentage: percent, value: true } }],
  }),
  targeted({ countries, version, suffix }) {
    const text = 'STRING_CONSTRAINT_COMPARISON_TYPE'
    const number = 'NUMBER_CONSTRAINT_COMPARISON_TYPE'
    const constraints = [
      { type: text, property: 'country', operator: 'isoneof', value: JSON.stringify(countries) },
      { type: number, property: 'appVersion', operator: 'gte', value: `${versionNumber(version)}` },
      { type: text, property: 'email', operator: 'suffix', value: suffix },
    ]
    const ruled = constraints.map((one, index) =>
      rule(RULED[index], [one], [{ variantKey: RULED[index], rollout: 100 }]),
    )
    const split = Object.entries(SPLIT).map(([variantKey, rollout]) => ({ variantKey, rollout }))
    return { rollouts: [], rules: [...ruled, rule('everybody', [], split)] }
  },
}
