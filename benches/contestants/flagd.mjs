import { FlagdCore } from '@openfeature/flagd-core'
import { RULED, SPLIT, VARIANTS } from '../work.mjs'

/** As its README says: `setConfigurations` with the text, then the call for the flag's type. */
export const flagd = {
  name: 'flagd-core',
  package: '@openfeature/flagd-core',
  translate: (flags) =>
    JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, definition(flag)])) }),
  context: ({ userId, ...attributes }) => ({ targetingKey: userId, ...attributes }),
  load(bytes) {
    const core = new FlagdCore()
    core.setConfigurations(bytes.toString())
    return {
      one: (key, kind) =>
        kind === 'targeted'
          ? (context) => core.resolveStringEvaluation(key, 'control', context).value
          : (context) => core.resolveBooleanEvaluation(key, false, context).value,
      all: (context) => core.resolveAll(context),
      valueIn: (all, key) => all.find(({ flagKey }) => flagKey === key)?.value,
    }
  },
}

function definition(flag) {
  if (flag.kind === 'targeted') return targeted(flag)
  const variants = { on: true, off: false }
  if (flag.kind === 'fixed') return { state: 'ENABLED', variants, defaultVariant: flag.on ? 'on' : 'off' }
  const fractional = [
    ['on', flag.percent],
    ['off', 100 - flag.percent],
  ]
  return { state: 'ENABLED', variants, defaultVariant: 'off', targeting: { fractional } }
}

function targeted({ countries, version, suffix }) {
  const rules = [
    [{ in: [{ var: 'country' }, countries] }, RULED[0]],
    [{ sem_ver: [{ var: 'appVersion' }, '>=', version] }, RULED[1]],
    [{ ends_with: [{ var: 'email' }, suffix] }, RULED[2]],
  ]
  return {
    state: 'ENABLED',
    variants: Object.fromEntries(VARIANTS.map((name) => [name, name])),
    defaultVariant: 'control',
    targeting: { if: [...rules.flat(), { fractional: Object.entries(SPLIT) }] },
  }
}
