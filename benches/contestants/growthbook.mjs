import { GrowthBookClient } from '@growthbook/growthbook'
import { RULED, SPLIT, VARIANTS } from '../work.mjs'

/** As its README says for Node: one client, `initSync` with a payload, and a user context in each call. */
export const growthbook = {
  name: 'GrowthBook',
  package: '@growthbook/growthbook',
  note: 'Its suffix is a regular expression.',
  translate: (flags) =>
    JSON.stringify({ features: Object.fromEntries(flags.map((flag) => [flag.key, feature(flag)])) }),
  context: (visitor) => ({ attributes: visitor }),
  load(bytes) {
    const client = new GrowthBookClient().initSync({ payload: JSON.parse(bytes.toString()) })
    const keys = Object.keys(client.getFeatures())
    return {
      one: (key) => (context) => client.evalFeature(key, context).value,
      all: (context) => {
        const values = {}
        for (const key of keys) values[key] = client.evalFeature(key, context).value
        return values
      },
      valueIn: (all, key) => all[key],
      close: () => client.destroy(),
    }
  },
}

function feature(flag) {
  if (flag.kind === 'fixed') return { defaultValue: flag.on }
  if (flag.kind === 'rollout') {
    const coverage = flag.percent / 100
    return { defaultValue: false, rules: [{ force: true, coverage, hashAttribute: 'userId', hashVersion: 2 }] }
  }
  const suffix = `${flag.suffix.replaceAll('.', '\\.')}$`
  const total = Object.values(SPLIT).reduce((sum, weight) => sum + weight, 0)
  return {
    defaultValue: 'control',
    rules: [
      { condition: { country: { $in: flag.countries } }, force: RULED[0] },
      { condition: { appVersion: { $vgte: flag.version } }, force: RULED[1] },
      { condition: { email: { $regex: suffix } }, force: RULED[2] },
      {
        key: flag.key,
        hashAttribute: 'userId',
        hashVersion: 2,
        variations: VARIANTS.slice(RULED.length),
        weights: Object.values(SPLIT).map((weight) => weight / total),
      },
    ],
  }
}
