import { KnownKeys } from './access/known-keys.ts'
import { Limits } from './access/limit.ts'
import type { Services } from './call.ts'
import { Edge } from './edge/edge.ts'
import { sourceOf } from './edge/source.ts'
import { type Env, parseSettings } from './env.ts'
import { Metrics } from './observe/metrics.ts'
import { Answers } from './ofrep/answers.ts'

/** Puts the parts of an isolate together. Throws when the configuration cannot work. */
export function servicesOf(env: Env): Services {
  const settings = parseSettings(env)
  const { environment, refreshIntervalMs, trustedKeys } = settings
  const store = () => env.FLAG_STORE.getByName(environment)
  const edge = new Edge({ environment, refreshIntervalMs, trustedKeys, source: sourceOf(store) })
  const access = { limits: new Limits(settings.rates), knownKeys: new KnownKeys() }
  return { settings, edge, store, assets: env.ASSETS, metrics: new Metrics(), ...access, answers: new Answers() }
}
