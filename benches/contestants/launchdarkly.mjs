import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { basicLogger, init } from '@launchdarkly/node-server-sdk'
import { FileDataSourceFactory } from '@launchdarkly/node-server-sdk/integrations'
import { RULED, SPLIT, VARIANTS } from '../work.mjs'

const folder = mkdtempSync(join(tmpdir(), 'fader-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** As its guide to testing says: flags from a file, no events. Its calls are asynchronous, and are awaited. */
export const launchdarkly = {
  name: 'LaunchDarkly',
  package: '@launchdarkly/node-server-sdk',
  note: 'Its calls are awaited. `Or newer` is said as `not older`. W4 reads a file.',
  isAsync: true,
  translate: (flags) =>
    JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, definition(flag)])), segments: {} }),
  context: ({ userId, ...attributes }) => ({ kind: 'user', key: userId, ...attributes }),
  async load(bytes) {
    const path = join(folder, 'flags.json')
    writeFileSync(path, bytes)
    const client = init('sdk-bench', {
      updateProcessor: new FileDataSourceFactory({ paths: [path] }).getFactory(),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: basicLogger({ level: 'none' }),
    })
    await client.waitForInitialization({ timeout: 60 })
    return {
      one: (key) => (context) => client.variation(key, context, null),
      all: async (context) => (await client.allFlagsState(context)).allValues(),
      valueIn: (all, key) => all[key],
      close: () => client.close(),
    }
  },
}

function definition(flag) {
  const variations = flag.kind === 'targeted' ? VARIANTS : [true, false]
  return {
    key: flag.key,
    version: 1,
    on: flag.kind !== 'fixed' || flag.on,
    variations,
    offVariation: variations.length - 1,
    salt: flag.key,
    targets: [],
    prerequisites: [],
    rules: [],
    ...rules[flag.kind](flag),
  }
}

/** A clause of a user's attribute; `version or newer` is said as `not older`. */
const clause = (attribute, op, values, negate = false) => ({ contextKind: 'user', attribute, op, values, negate })
const share = (variation, percent) => ({ variation, weight: percent * 1000 })
const spread = (variations) => ({ rollout: { contextKind: 'user', variations } })

const rules = {
  fixed: () => ({ fallthrough: { variation: 0 } }),
  rollout: ({ percent }) => ({ fallthrough: spread([share(0, percent), share(1, 100 - percent)]) }),
  targeted: ({ countries, version, suffix }) => ({
    rules: [
      clause('country', 'in', countries),
      clause('appVersion', 'semVerLessThan', [version], true),
      clause('email', 'endsWith', [suffix]),
    ].map((one, index) => ({ id: RULED[index], clauses: [one], variation: index, trackEvents: false })),
    fallthrough: spread(Object.values(SPLIT).map((weight, index) => share(RULED.length + index, weight))),
  }),
}
