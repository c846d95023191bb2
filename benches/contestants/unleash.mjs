import { once } from 'node:events'
import unleashClient from 'unleash-client'
import { RULED, SPLIT } from '../work.mjs'

const { InMemStorageProvider, Unleash } = unleashClient

/** As its README says of bootstrapping: features given as data, no polling and no metrics. */
export const unleash = {
  name: 'Unleash',
  package: 'unleash-client',
  translate: (flags) => JSON.stringify({ version: 2, features: flags.map(feature) }),
  context: ({ userId, signedIn, ...properties }) => ({
    userId,
    properties: { ...properties, signedIn: `${signedIn}` },
  }),
  async load(bytes) {
    const { features } = JSON.parse(bytes.toString())
    const client = new Unleash({
      appName: 'bench',
      url: 'http://127.0.0.1:9',
      bootstrap: { data: features },
      storageProvider: new InMemStorageProvider(),
      refreshInterval: 0,
      disableMetrics: true,
      skipInstanceCountWarning: true,
    })
    await once(client, 'ready')
    const keys = features.map(({ name }) => name)
    return {
      one: (key, kind) =>
        kind === 'targeted'
          ? (context) => client.getVariant(key, context).name
          : (context) => client.isEnabled(key, context),
      all: (context) => {
        const values = {}
        for (const key of keys) values[key] = client.getVariant(key, context).name
        return values
      },
      valueIn: (all, key) => all[key],
      close: () => client.destroy(),
    }
  },
}

const feature = (flag) => ({
  name: flag.key,
  type: 'release',
  enabled: flag.kind !== 'fixed' || flag.on,
  strategies: strategies[flag.kind](flag),
  variants: [],
})

const rollout = (groupId, percent) => ({ groupId, rollout: `${percent}`, stickiness: 'userId' })
const variant = (name, weight) => ({ name, weight, weightType: 'fix', stickiness: 'userId' })
const everybody = { name: 'default', parameters: {}, constraints: [] }

const strategies = {
  fixed: () => [everybody],
  rollout: ({ key, percent }) => [{ name: 'flexibleRollout', parameters: rollout(key, percent), constraints: [] }],
  targeted({ key, countries, version, suffix }) {
    const constraints = [
      { contextName: 'country', operator: 'IN', values: countries, inverted: false },
      { contextName: 'appVersion', operator: 'SEMVER_GTE', value: version, values: [], inverted: false },
      { contextName: 'email', operator: 'STR_ENDS_WITH', values: [suffix], inverted: false },
    ]
    const rules = constraints.map((constraint, index) => ({
      ...everybody,
      parameters: { groupId: key },
      constraints: [constraint],
      variants: [variant(RULED[index], 1000)],
    }))
    const split = Object.entries(SPLIT).map(([name, weight]) => variant(name, weight * 10))
    const last = { name: 'flexibleRollout', parameters: rollout(key, 100), constraints: [], variants: split }
    return [...rules, last]
  },
}
