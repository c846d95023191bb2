import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, loadControl, loadEngine } from 'fader'
import { killable } from '../../benches/edge/definition.mjs'
import { busiest, random } from '../../benches/edge/quantile.mjs'
import { settled, VirtualTime } from './virtual-time.mjs'

const INTERVAL_MS = 30_000
const SECOND_MS = 1_000
/** So many that chance alone makes no second much busier than another. */
const CLIENTS = 10_000
/** Of all clients, at most so many ask in one second. */
const SHARE = 5
/** Longer than a client ever waits before it asks again. */
const AFTERWARDS_MS = 900_000
/** A real client that is not back by then is lost. */
const LONGEST_RETURN_MS = 120_000
const OUTAGES_MS = { 'a second': 1_000, 'a minute': 60_000, 'an hour': 3_600_000 }

/** Clients of the package that had a server, lost it all at once, and get it back. */
export async function comeBack(_build, { quick, seed }) {
  const snapshot = await smallSnapshot()
  // Compiling the engine takes real time, and would have clients wait for it together.
  const engine = await loadEngine(snapshot)
  engine.free()
  const measures = []
  const outages = Object.entries(OUTAGES_MS).filter(([name]) => !quick || name === 'a minute')
  for (const [name, outageMs] of outages) {
    for (const isStreaming of [false, true]) {
      measures.push(...(await simulated({ name, outageMs, isStreaming, snapshot, count: CLIENTS, seed })))
    }
  }
  const real = quick
    ? { count: 200, intervalMs: 5_000, outageMs: 8_000 }
    : { count: 500, intervalMs: 30_000, outageMs: 45_000 }
  return [...measures, ...(await really({ snapshot, ...real }))]
}

async function smallSnapshot() {
  const control = await loadControl()
  const definition = { ...killable(), environment: 'production', revision: 1 }
  const { issues, snapshot } = control.compile(JSON.stringify(definition), 'client')
  if (issues.length > 0) throw new Error(`${issues[0].path}: ${issues[0].message}`)
  return snapshot
}

/** The package's own clients, on virtual time. They began at any moment of an interval. */
async function simulated({ name, outageMs, isStreaming, snapshot, count, seed }) {
  const time = new VirtualTime(seed)
  const server = new Server(snapshot, time)
  const dice = random(seed + 1)
  const clients = []
  const restore = time.install()
  try {
    for (const instant of Array.from({ length: count }, () => dice() * INTERVAL_MS).sort((a, b) => a - b)) {
      await time.until(instant)
      const fetch = (input, init) => server.fetch(input, init)
      clients.push(createClient({ url: 'http://flags.test', fetch, pollIntervalMs: INTERVAL_MS, stream: isStreaming }))
    }
    for (const client of clients) await Promise.race([client.ready(), settledSoon()])
    await time.until(10 * INTERVAL_MS)
    server.goDown()
    await time.until(time.now + outageMs)
    server.comeUp()
    await time.until(time.now + AFTERWARDS_MS)
    const back = clients.filter(({ status }) => status === 'ready').length
    return measuresOf({ name, isStreaming, count, back, asked: server.asked, from: server.upAt })
  } finally {
    for (const client of clients) client.close()
    restore()
  }
}

async function settledSoon() {
  for (let turn = 0; turn < 100; turn++) await settled()
}

/** What the clients ask, and when. */
class Server {
  asked = []
  upAt = 0
  #snapshot
  #time
  #isUp = true
  #streams = new Set()

  constructor(snapshot, time) {
    this.#snapshot = snapshot
    this.#time = time
  }

  goDown() {
    this.#isUp = false
    for (const stream of this.#streams) stream.error(new TypeError('terminated'))
    this.#streams.clear()
  }

  comeUp() {
    this.#isUp = true
    this.upAt = this.#time.now
  }

  async fetch(input, init) {
    if (!this.#isUp) throw new TypeError('fetch failed')
    this.asked.push(this.#time.now)
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (pathname === '/v1/stream') return this.#stream(init?.signal)
    const headers = { etag: '"1"', 'fader-revision': '1' }
    if (new Headers(init?.headers).get('if-none-match') === '"1"') return new Response(null, { status: 304, headers })
    return new Response(this.#snapshot, { headers })
  }

  #stream(signal) {
    const streams = this.#streams
    let own
    const body = new ReadableStream({
      start(controller) {
        own = controller
        streams.add(controller)
        controller.enqueue(new TextEncoder().encode('id: 1\ndata: {"type":"refetchEvaluation","revision":1}\n\n'))
        signal?.addEventListener('abort', () => streams.delete(controller))
      },
      cancel: () => streams.delete(own),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}

function measuresOf({ name, isStreaming, count, back, asked, from }) {
  const who = `return, ${isStreaming ? 'streaming' : 'polling'}, away for ${name}`
  const calm = asked.filter((instant) => instant >= 5 * INTERVAL_MS && instant < 10 * INTERVAL_MS)
  const later = asked.filter((instant) => instant >= from)
  const share = (instants) => (100 * busiest(instants, SECOND_MS)) / count
  return [
    { measure: `${who}: clients`, value: count, unit: 'clients' },
    { measure: `${who}: of them back`, value: back, unit: 'clients', target: `= ${count}` },
    { measure: `${who}: busiest second before`, value: share(calm), unit: '%' },
    { measure: `${who}: busiest second after`, value: share(later), unit: '%', target: `<= ${SHARE}` },
  ]
}

/** Real clients that began together, and a real server that goes away and comes back at the same port. */
async function really({ snapshot, count, intervalMs, outageMs }) {
  const asked = []
  const answer = (request, response) => {
    asked.push(performance.now())
    const isKnown = request.headers['if-none-match'] === '"1"'
    response.writeHead(isKnown ? 304 : 200, { etag: '"1"', 'fader-revision': '1' })
    response.end(isKnown ? undefined : snapshot)
  }
  const first = await listen(answer, 0)
  const { port } = first.address()
  const options = { url: `http://127.0.0.1:${port}`, pollIntervalMs: intervalMs, stream: false }
  const clients = Array.from({ length: count }, () => createClient(options))
  await Promise.all(clients.map((client) => client.ready()))
  await sleep(3 * SECOND_MS)
  first.closeAllConnections()
  await new Promise((resolve) => first.close(resolve))
  await sleep(outageMs)
  const upAt = performance.now()
  const second = await listen(answer, port)
  const isBack = ({ status }) => status === 'ready'
  while (!clients.every(isBack) && performance.now() < upAt + LONGEST_RETURN_MS) await sleep(100)
  const allAfterMs = performance.now() - upAt
  const back = clients.filter(isBack).length
  for (const client of clients) client.close()
  second.closeAllConnections()
  second.close()
  const most = busiest(
    asked.filter((instant) => instant >= upAt),
    SECOND_MS,
  )
  return [
    { measure: 'return, real clients: clients', value: count, unit: 'clients' },
    { measure: 'return, real clients: their interval', value: intervalMs, unit: 'ms' },
    { measure: 'return, real clients: all back after', value: allAfterMs, unit: 'ms' },
    { measure: 'return, real clients: of them back', value: back, unit: 'clients', target: `= ${count}` },
    { measure: 'return, real clients: busiest second after', value: (100 * most) / count, unit: '%' },
  ]
}

async function listen(answer, port) {
  const server = createServer(answer).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
