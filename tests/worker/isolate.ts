import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env as untyped } from 'cloudflare:workers'
import { expect } from 'vitest'
import { KnownKeys } from '../../worker/src/access/known-keys.ts'
import { Limits, type Rates, rates } from '../../worker/src/access/limit.ts'
import type { Actor } from '../../worker/src/access/token.ts'
import { createApp } from '../../worker/src/app.ts'
import type { Services } from '../../worker/src/call.ts'
import { Edge } from '../../worker/src/edge/edge.ts'
import { Listeners } from '../../worker/src/edge/listeners.ts'
import { Nearby } from '../../worker/src/edge/nearby.ts'
import { type Source, sourceOf } from '../../worker/src/edge/source.ts'
import { type Env, parseSettings } from '../../worker/src/env.ts'
import { Ledgers, type OneLedger } from '../../worker/src/events/ledgers.ts'
import { Pseudonyms } from '../../worker/src/events/pseudonyms.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { EvaluationEvents } from '../../worker/src/observe/events.ts'
import { Metrics } from '../../worker/src/observe/metrics.ts'
import { Answers } from '../../worker/src/ofrep/answers.ts'
import type { Route } from '../../worker/src/routes.ts'
import { Cookies } from '../../worker/src/traffic/cookie.ts'
import { trafficOf } from '../../worker/src/traffic/traffic.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

export const env = untyped as unknown as Env

interface Options {
  readonly env?: Partial<Env>
  readonly source?: Source
  /** What the isolates of one place share. By default all isolates of a test are of one place. */
  readonly nearby?: Nearby
  /** Copies of bundles; null for none. By default those of the test run. */
  readonly kv?: Pick<KVNamespace, 'get'> | null
  /** The bundle that was deployed with the worker. */
  readonly bundled?: Uint8Array
  readonly listeners?: Listeners
  readonly now?: () => number
  readonly random?: () => number
  readonly questionLimitMs?: number
  readonly limitsMs?: Parameters<typeof sourceOf>[0]['limitsMs']
  readonly store?: Services['store']
  readonly ledger?: (name: string) => OneLedger
  readonly assets?: Services['assets']
  readonly table?: readonly Route[]
  readonly metrics?: Metrics
  /** How often callers may call. By default as often as tests do. */
  readonly rates?: Rates
}

const UNLIMITED = Object.fromEntries(
  Object.keys(rates).map((name) => [name, { perSecond: 1e9, burst: 1e9 }]),
) as unknown as Rates

export interface Isolate {
  readonly services: Services
  /** One request. Its background work goes on until `settle`. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The same with the admin token. */
  admin(path: string, init?: RequestInit): Promise<Response>
  /** The same with a client token, which the store comes to know at the first publish. */
  client(path: string, init?: RequestInit): Promise<Response>
  /** Waits for all background work. */
  settle(): Promise<void>
}

const ORIGIN = 'https://flags.example.com'

/** An isolate of its own, over the bindings of the test run: what it knows, no other one knows. */
export function isolate(options: Options = {}): Isolate {
  const services = servicesFor(options)
  const app = createApp(services, options.table)
  const contexts: ExecutionContext[] = []
  const fetch = async (path: string, init: RequestInit = {}) => {
    const context = createExecutionContext()
    contexts.push(context)
    const response = await app.fetch(new Request(new URL(path, ORIGIN), { redirect: 'manual', ...init }), env, context)
    // A stream has no end that could be waited for.
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) await expectNoToken(response)
    return response
  }
  return {
    services,
    fetch,
    admin: (path, init) => fetch(path, withToken(ADMIN_TOKEN, init)),
    client: (path, init) => fetch(path, withToken(CLIENT_TOKEN, init)),
    settle: async () => {
      for (const context of contexts.splice(0)) await waitOnExecutionContext(context)
    },
  }
}

function withToken(token: string, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${token}`)
  // What people send is JSON, and only what says so is read.
  if (init.body != null && !headers.has('content-type')) headers.set('content-type', 'application/json')
  return { ...init, headers }
}

const ROOT: Actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' }

/** Makes the tokens of the tests known to the store. */
export async function grantTokens(): Promise<void> {
  for (const [kind, token] of [
    ['client', CLIENT_TOKEN],
    ['edge', EDGE_TOKEN],
  ] as const) {
    await env.FLAG_STORE.getByName('production').grant(ROOT, { kind, name: 'tests', digest: await sha256Hex(token) })
  }
}

function servicesFor(options: Options): Services {
  const settings = parseSettings({ ...env, ...options.env })
  const { environment, refreshIntervalMs, trustedKeys, signingKey, ledgerShards: shards } = settings
  const store = options.store ?? (() => env.FLAG_STORE.getByName(environment))
  const clock = options.now === undefined ? {} : { now: options.now }
  const kv = options.kv === null ? undefined : (options.kv ?? env.BUNDLES)
  const { source = sourceOf({ environment, refreshIntervalMs, store, kv, ...clock, ...shared(options) }) } = options
  const edge = new Edge({
    environment,
    refreshIntervalMs,
    trustedKeys,
    source,
    // In the middle of the jitter: an interval is what it is configured to be.
    random: options.random ?? (() => 0.5),
    bundled: options.bundled ?? new Uint8Array(),
    ...clock,
    ...(options.questionLimitMs === undefined ? {} : { questionLimitMs: options.questionLimitMs }),
  })
  const metrics = options.metrics ?? new Metrics()
  return {
    settings,
    edge,
    listeners: options.listeners ?? new Listeners(),
    store,
    assets: options.assets ?? env.ASSETS,
    metrics,
    events: new EvaluationEvents(settings, metrics),
    ledgers: new Ledgers({ environment, shards, ledger: options.ledger ?? ((name) => env.LEDGER.getByName(name)) }),
    pseudonyms: new Pseudonyms({ environment, secret: signingKey?.d }),
    cookies: new Cookies({ environment, keys: options.env?.COOKIE_KEYS, ...clock }),
    traffic: trafficOf(options.env?.TRAFFIC, metrics, options.now),
    limits: new Limits(options.rates ?? UNLIMITED, options.now),
    knownKeys: new KnownKeys(),
    answers: new Answers(),
  }
}

/** A place that keeps nothing, as where there is no Cache API. */
export const nowhere = new Nearby('nowhere', () => Promise.reject(new Error('no cache here')))

function shared({ nearby, limitsMs }: Options): Pick<Parameters<typeof sourceOf>[0], 'nearby' | 'limitsMs'> {
  return { ...(nearby && { nearby }), ...(limitsMs && { limitsMs }) }
}

/** Looked at in every answer of every test: neither the token nor its digest ever comes back. */
async function expectNoToken(response: Response): Promise<void> {
  const body = new TextDecoder().decode(await response.clone().arrayBuffer())
  const seen = `${JSON.stringify([...response.headers])} ${body}`
  for (const secret of [ADMIN_TOKEN, EDGE_TOKEN, env.ADMIN_TOKEN_DIGEST, JSON.parse(env.SIGNING_KEY ?? '').d]) {
    expect(seen).not.toContain(secret)
  }
}

/** Publishes over whatever is there, and gives the new revision. */
export async function publish(on: Isolate, definition: string): Promise<number> {
  await grantTokens()
  const response = await on.admin('/v1/admin/definition', {
    method: 'PUT',
    headers: { 'if-match': '*', 'fader-reason': 'a test' },
    body: definition,
  })
  const body = await response.json<{ revision: number }>()
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body.revision
}

/** Asks for flags as an OpenFeature client does. */
export function evaluate(on: Isolate, context: unknown, { key = '', headers = {} as Record<string, string> } = {}) {
  const path = `/ofrep/v1/evaluate/flags${key === '' ? '' : `/${key}`}`
  return on.client(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ context }),
  })
}
