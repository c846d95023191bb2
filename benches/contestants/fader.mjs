import { loadControl, loadEngine } from 'fader'
import { RULED, SPLIT, VARIANTS } from '../work.mjs'

const control = await loadControl()

/** Validates and compiles a definition: what W6 measures. */
export const compile = (text) => control.compile(text)
export const validate = (text) => control.validate(text)

/** The package as it is published, with the context as a plain object, or prepared once for many evaluations. */
export const fader = {
  name: 'Fader',
  isOurs: true,
  translate: (flags) => JSON.stringify(definition(flags)),
  /** What others do when they parse JSON was done at publish. */
  publish(text) {
    const { issues, snapshot } = compile(text)
    if (issues.length > 0) throw new Error(`${issues[0].path}: ${issues[0].message}`)
    return Buffer.from(snapshot)
  },
  context: (visitor) => visitor,
  async load(snapshot) {
    const engine = await loadEngine(snapshot)
    return {
      one: (key) => (context) => engine.evaluate(key, context).value,
      oneAt: (key, now) => (context) => engine.evaluate(key, context, now).value,
      all: (context) => engine.values(context),
      indices: (context) => engine.indices(context),
      outcomes: (context) => engine.evaluateAll(context),
      valueIn: (all, key) => all[key],
      prepare: (context) => engine.prepare(context),
      close: () => engine.free(),
    }
  },
}

export function definition(flags) {
  return {
    format: 1,
    environment: 'bench',
    flags: Object.fromEntries(flags.map((flag) => [flag.key, definitions[flag.kind](flag)])),
  }
}

const boolean = { type: 'boolean', variants: { on: true, off: false }, safe: 'off' }
const string = { type: 'string', variants: Object.fromEntries(VARIANTS.map((name) => [name, name])), safe: 'control' }

const definitions = {
  fixed: ({ on }) => ({ ...boolean, otherwise: on ? 'on' : 'off' }),
  rollout: ({ percent }) => ({ ...boolean, rules: [{ traffic: percent, serve: 'on' }] }),
  targeted: ({ countries, version, suffix }) => ({
    ...string,
    rules: [
      { where: { country: countries }, serve: RULED[0] },
      { where: { appVersion: { semver: `>=${version}` } }, serve: RULED[1] },
      { where: { email: { endsWith: suffix } }, serve: RULED[2] },
      { split: SPLIT },
    ],
  }),
}
