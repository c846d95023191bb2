import type { Services } from './call.ts'
import { bundled } from './edge/bundled.ts'
import { Edge } from './edge/edge.ts'
import { Listeners } from './edge/listeners.ts'
import { sourceOf } from './edge/source.ts'
import { type Env, parseSettings } from './env.ts'
import { EvaluationEvents } from './observe/events.ts'
import { Metrics } from './observe/metrics.ts'

/** Puts the parts of an isolate together. Throws when the configuration cannot work. */
export function servicesOf(env: Env): Services {
  const settings = parseSettings(env)
  const { environment, refreshIntervalMs, trustedKeys } = settings
  const store = () => env.FLAG_STORE.getByName(environment)
  const source = sourceOf({ environment, refreshIntervalMs, store, kv: env.BUNDLES })
  const edge = new Edge({ environment, refreshIntervalMs, trustedKeys, source, bundled: bundled() })
  const metrics = new Metrics()
  const events = new EvaluationEvents(settings, metrics)
  return { settings, edge, listeners: new Listeners(), store, assets: env.ASSETS, metrics, events }
}
