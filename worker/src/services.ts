import { KnownKeys } from './access/known-keys.ts'
import { Limits } from './access/limit.ts'
import type { Services } from './call.ts'
import { bundled } from './edge/bundled.ts'
import { Edge } from './edge/edge.ts'
import { Listeners } from './edge/listeners.ts'
import { sourceOf } from './edge/source.ts'
import { type Env, parseSettings } from './env.ts'
import { Ledgers } from './events/ledgers.ts'
import { Pseudonyms } from './events/pseudonyms.ts'
import { EvaluationEvents } from './observe/events.ts'
import { Metrics } from './observe/metrics.ts'
import { Answers } from './ofrep/answers.ts'
import { Cookies } from './traffic/cookie.ts'
import { trafficOf } from './traffic/traffic.ts'

/** Puts the parts of an isolate together. Throws when the configuration cannot work. */
export function servicesOf(env: Env): Services {
  const settings = parseSettings(env)
  const { environment, refreshIntervalMs, trustedKeys, signingKey, ledgerShards: shards } = settings
  const store = () => env.FLAG_STORE.getByName(environment)
  const source = sourceOf({ environment, refreshIntervalMs, store, kv: env.BUNDLES })
  const metrics = new Metrics()
  return {
    settings,
    edge: new Edge({ environment, refreshIntervalMs, trustedKeys, source, bundled: bundled() }),
    listeners: new Listeners(),
    store,
    assets: env.ASSETS,
    metrics,
    events: new EvaluationEvents(settings, metrics),
    ledgers: new Ledgers({ environment, shards, ledger: (name) => env.LEDGER.getByName(name) }),
    pseudonyms: new Pseudonyms({ environment, secret: signingKey?.d }),
    limits: new Limits(settings.rates),
    knownKeys: new KnownKeys(),
    answers: new Answers(),
    cookies: new Cookies({ environment, keys: env.COOKIE_KEYS }),
    traffic: trafficOf(env.TRAFFIC, metrics),
  }
}
