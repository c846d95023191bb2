import type { Services } from './call.ts'
import { Edge } from './edge/edge.ts'
import { sourceOf } from './edge/source.ts'
import { type Env, parseSettings } from './env.ts'
import { Metrics } from './observe/metrics.ts'
import { Cookies } from './traffic/cookie.ts'
import { trafficOf } from './traffic/traffic.ts'

/** Puts the parts of an isolate together. Throws when the configuration cannot work. */
export function servicesOf(env: Env): Services {
  const settings = parseSettings(env)
  const { environment, refreshIntervalMs, trustedKeys } = settings
  const store = () => env.FLAG_STORE.getByName(environment)
  const edge = new Edge({ environment, refreshIntervalMs, trustedKeys, source: sourceOf(store) })
  const metrics = new Metrics()
  const cookies = new Cookies({ environment, keys: env.COOKIE_KEYS })
  return { settings, edge, store, assets: env.ASSETS, metrics, cookies, traffic: trafficOf(env.TRAFFIC, metrics) }
}
