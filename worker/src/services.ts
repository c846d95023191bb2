import type { Services } from './call.ts'
import { bundled } from './edge/bundled.ts'
import { Edge } from './edge/edge.ts'
import { Listeners } from './edge/listeners.ts'
import { sourceOf } from './edge/source.ts'
import { type Env, parseSettings } from './env.ts'
import { EvaluationEvents } from './observe/events.ts'
import { Metrics } from './observe/metrics.ts'
import { Cookies } from './traffic/cookie.ts'
import { trafficOf } from './traffic/traffic.ts'

/** Puts the parts of an isolate together. Throws when the configuration cannot work. */
export function servicesOf(env: Env): Services {
  const settings = parseSettings(env)
  const { environment, refreshIntervalMs, trustedKeys } = settings
  const store = () => env.FLAG_STORE.getByName(environment)
  const source = sourceOf({ environment, refreshIntervalMs, store, kv: env.BUNDLES })
  const edge = new Edge({ environment, refreshIntervalMs, trustedKeys, source, bundled: bundled() })
  const metrics = new Metrics()
  return {
    settings,
    edge,
    listeners: new Listeners(),
    store,
    assets: env.ASSETS,
    metrics,
    events: new EvaluationEvents(settings, metrics),
    cookies: new Cookies({ environment, keys: env.COOKIE_KEYS }),
    traffic: trafficOf(env.TRAFFIC, metrics),
  }
}
