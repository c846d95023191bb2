import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/lib/dev-worker.mjs'
import { digestOf, newSigningKey, newToken } from './keys.mjs'
import { startKv } from './kv.mjs'
import { cores, startWorkerd } from './workerd.mjs'

const ENVIRONMENT = 'production'
const FIRST_PORT = 20_100
const READY_TRIES = 300
/** The limits of one caller count every request, and nobody meets them: here is one caller for all. */
const NO_LIMIT = { perSecond: 1_000_000, burst: 1_000_000 }
const LIMITS = { open: NO_LIMIT, evaluate: NO_LIMIT, stream: NO_LIMIT, replicate: NO_LIMIT, admin: NO_LIMIT }

/**
 * Isolates of the worker in several processes of bare workerd. The first process has the store, on disk; its isolates
 * call it directly, or through a gate where it can be made slow. In the other processes, which stand for other data
 * centres, every call of the store crosses loopback. All of them share one KV namespace, and the isolates of a process
 * share a cache.
 *
 * `isolates` is how many each process has; the first isolate of the first process has the store, and takes the admin
 * calls. With `doors` the worker has the entry of `workers/measured.js`, through which things are broken.
 */
export async function startFleet(build, { isolates = [1], vars = {}, doors = true, core = cores.measured } = {}) {
  const fleet = new Fleet(build, { vars, doors, core })
  await fleet.start(isolates)
  return fleet
}

let fleets = 0

class Fleet {
  adminToken = newToken('admin')
  clientToken = newToken('client')
  signingKey = newSigningKey('measured-1')
  processes = []
  #build
  #options
  #isolates = []
  #doorPort = 0
  #name = `fleet-${++fleets}`

  constructor(build, options) {
    this.#build = build
    this.#options = options
  }

  async start(isolates) {
    this.#isolates = isolates
    mkdirSync(this.#state)
    this.kv = await startKv()
    this.#doorPort = await freePort(FIRST_PORT + 20 * fleets)
    for (let at = 0; at < isolates.length; at++) this.processes.push(await this.startProcess(at))
  }

  /** Starts a process, for the first time or again. What the store has is still there. */
  async startProcess(at) {
    const { folder } = this.#build
    const names = Array.from({ length: this.#isolates[at] }, (_, index) => `isolate-${at}-${index}`)
    const config = at === 0 ? this.#near(names) : this.#far(names)
    return await startWorkerd({ folder, name: `${this.#name}-${at}`, core: this.#options.core, ...config })
  }

  /** Every isolate that evaluates, as `{ name, url }`. */
  get readers() {
    return this.processes.flatMap(({ urls }) =>
      Object.entries(urls)
        .filter(([name]) => name.startsWith('isolate-'))
        .map(([name, url]) => ({ name, url })),
    )
  }

  get adminUrl() {
    return this.processes[0].urls['isolate-0-0']
  }

  /** Calls a method of the store itself, past the routes. */
  async store(method, ...given) {
    const response = await fetch(`http://127.0.0.1:${this.#doorPort}/call`, {
      method: 'POST',
      body: JSON.stringify({ method, given }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`the store: ${text}`)
    return JSON.parse(text).result
  }

  /** How far the other processes are from the store. */
  async setDistance(roundTripMs) {
    await fetch(`http://127.0.0.1:${this.#doorPort}/-/distance`, {
      method: 'POST',
      body: JSON.stringify({ roundTripMs }),
    })
  }

  /** Sets what `workers/measured.js` has behind a door, and gives what it is then. */
  async door(url, name, change) {
    const response = await fetch(`${url}/-/${name}`, { method: 'POST', body: JSON.stringify(change) })
    return await response.json()
  }

  async stop() {
    await Promise.all(this.processes.map((one) => one.stop()))
    await this.kv.stop()
  }

  #near(names) {
    const [owner, ...others] = names
    const { settings } = this.#build
    const own = (className) => className
    const gate = this.#options.doors ? 'Gate' : 'FlagStore'
    const elsewhere = (className) => [className === 'FlagStore' ? gate : className, owner]
    const objects = [...new Set([...settings.objects.map(({ className }) => className), gate])]
    const door = {
      name: 'door',
      modules: ['door.js', 'wire.js'],
      date: settings.date,
      bindings: [
        ['ENVIRONMENT', 'text', ENVIRONMENT],
        ['FLAG_STORE', 'durableObjectNamespace', elsewhere('FlagStore')],
      ],
    }
    return {
      services: [
        ...this.#around,
        { name: 'disk', disk: this.#state },
        { ...this.#worker(owner, own), objects, storage: 'disk' },
        ...others.map((name) => this.#worker(name, elsewhere)),
        door,
      ],
      sockets: [...names, { name: 'door', port: this.#doorPort }],
    }
  }

  #far(names) {
    const { settings, files } = this.#build
    const bridge = {
      name: 'bridge',
      modules: ['bridge.js', 'methods.js', 'wire.js', ...files],
      date: settings.date,
      flags: settings.flags,
      objects: ['Bridge'],
      bindings: [['STORE', 'service', 'store']],
    }
    const store = { name: 'store', address: `127.0.0.1:${this.#doorPort}` }
    const across = (_className) => ['Bridge', 'bridge']
    return {
      services: [...this.#around, store, bridge, ...names.map((name) => this.#worker(name, across))],
      sockets: names,
    }
  }

  get #state() {
    return join(this.#build.folder, `${this.#name}-state`)
  }

  get #around() {
    return [
      { name: 'kv', address: this.kv.address },
      { name: 'cache', modules: ['cache.js'], date: this.#build.settings.date },
      { name: 'absent', modules: ['absent.js'], date: this.#build.settings.date },
    ]
  }

  #worker(name, namespaceOf) {
    const { settings, files } = this.#build
    const { doors, vars: chosen } = this.#options
    const vars = { ...settings.vars, ...this.#always, ...chosen }
    const own = ['index.js', ...files.filter((file) => file !== 'index.js')]
    return {
      name,
      modules: doors ? ['measured.js', 'methods.js', 'clock.js', 'fragile.js', ...own] : own,
      date: settings.date,
      flags: settings.flags,
      cache: 'cache',
      bindings: [
        ...settings.objects.map(({ name, className }) => [name, 'durableObjectNamespace', namespaceOf(className)]),
        ['BUNDLES', 'kvNamespace', 'kv'],
        ['ASSETS', 'service', 'absent'],
        ...Object.entries(vars).map(([key, value]) => [key, 'text', value]),
      ],
    }
  }

  get #always() {
    return {
      ENVIRONMENT,
      COOKIE_KEYS: 'one:a-secret-of-the-measurements-and-of-nobody-else',
      RATE_LIMITS: JSON.stringify(LIMITS),
      ADMIN_TOKEN_DIGEST: digestOf(this.adminToken),
      SIGNING_KEY: JSON.stringify(this.signingKey),
    }
  }
}

/** Waits until an isolate answers from some revision. */
export async function ready(url) {
  for (let tries = 0; tries < READY_TRIES; tries++) {
    const health = await fetch(`${url}/healthz`).then((response) => response.json())
    if (health.status === 'ok') return health
    await sleep(20)
  }
  throw new Error(`${url} does not answer from a revision`)
}
