import type { Happening } from '../../../js/src/events/event.ts'
import type { Memory } from '../../../js/src/types.ts'
import { EventLedger } from '../../e2e/parts/event-ledger.mjs'
import { type Answer, bodyAnswer, TestServer } from './server.ts'

export { EventLedger }

/** What a server does with a batch. */
export type Conduct = Answer | 'stores' | 'loses the answer' | 'loses the batch'

/** A real server at the events route, which behaves as it is told, batch by batch; after that it stores. */
export class EventsServer {
  readonly ledger = new EventLedger()
  readonly bodies: string[] = []
  /** What is done with the next ones. */
  conduct: Conduct[] = []
  readonly #server: TestServer

  private constructor(server: TestServer) {
    this.#server = server
    server.answer = (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        this.bodies.push(body)
        const conduct = this.conduct.shift() ?? 'stores'
        if (typeof conduct === 'function') return conduct(request, response)
        const receipt = conduct === 'loses the batch' ? undefined : this.ledger.take(body)
        if (conduct !== 'stores') return response.destroy()
        bodyAnswer(200, JSON.stringify(receipt), { 'content-type': 'application/json' })(request, response)
      })
    }
  }

  static async start(): Promise<EventsServer> {
    return new EventsServer(await TestServer.start())
  }

  get address(): string {
    return `${this.#server.url}/v1/events?key=fader_client_of-these-tests`
  }

  get requests() {
    return this.#server.requests
  }

  /** The batches as they came. */
  get batches() {
    return this.bodies.map((body) => JSON.parse(body))
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}

/** Stores, but answers late. */
export const late =
  (server: EventsServer, ms: number): Answer =>
  (_, response) => {
    const receipt = server.ledger.take(server.bodies.at(-1) ?? '')
    setTimeout(() => response.writeHead(200).end(JSON.stringify(receipt)), ms)
  }

export const at = Date.parse('2026-11-21T12:00:00Z')
export const anna = { userId: 'anna', deviceId: 'd-1' }

export function exposure(flag: string, more: object = {}): Happening {
  const outcome = {
    flag,
    value: true,
    variant: 'on',
    reason: 'SPLIT',
    rule: 'public',
    arm: 'treated',
    ...more,
  } as const
  return { at, units: anna, outcome, revision: 7 }
}

export const measured = (name: string, value?: number): Happening =>
  value === undefined ? { at, units: anna, name } : { at, units: anna, name, value }

/** A memory that may refuse, as `localStorage` does in private windows and when it is full. */
export class TestMemory implements Memory {
  readonly kept = new Map<string, string>()
  refuses: 'nothing' | 'writing' | 'everything' = 'nothing'
  writes = 0

  getItem(name: string): string | null {
    if (this.refuses === 'everything') throw new Error('SecurityError')
    return this.kept.get(name) ?? null
  }

  setItem(name: string, value: string): void {
    if (this.refuses !== 'nothing') throw new Error('QuotaExceededError')
    this.writes += 1
    this.kept.set(name, value)
  }

  removeItem(name: string): void {
    if (this.refuses === 'everything') throw new Error('SecurityError')
    this.kept.delete(name)
  }
}

type Work = (lock: Lock | null) => Promise<unknown>

/** The locks of one browser; a page that ends gives back those that it has. */
export class TestLocks {
  readonly #held = new Map<string, { readonly page: object; readonly end: () => void }>()
  readonly #ended = new WeakSet<object>()
  readonly #waiting: { name: string; page: object; grant: () => void }[] = []

  of(page: object): LockManager {
    const request = async (name: string, options: LockOptions, work: Work): Promise<void> => {
      await undefined
      if (this.#ended.has(page)) return
      if (this.#held.has(name)) {
        if (options.ifAvailable) return void (await work(null))
        await new Promise<void>((grant) => this.#waiting.push({ name, page, grant }))
      }
      const ended = new Promise<void>((end) => this.#held.set(name, { page, end }))
      await Promise.race([work({ name, mode: 'exclusive' }), ended])
      this.#free(name)
    }
    return { request } as unknown as LockManager
  }

  /** The page is no more. */
  end(page: object): void {
    this.#ended.add(page)
    const left = this.#waiting.filter((each) => each.page !== page)
    this.#waiting.splice(0, Infinity, ...left)
    for (const held of [...this.#held.values()]) if (held.page === page) held.end()
  }

  #free(name: string): void {
    this.#held.delete(name)
    const next = this.#waiting.findIndex((each) => each.name === name)
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.grant()
  }
}

/** A page in a browser: what a recorder sees of it. */
export class TestPage extends EventTarget {
  readonly document = { visibilityState: 'visible' }
  readonly navigator: { onLine?: boolean; locks?: LockManager; sendBeacon: (address: string, body: string) => boolean }

  constructor(beacon: (body: string) => boolean, locks?: TestLocks) {
    super()
    this.navigator = { sendBeacon: (_, body) => beacon(body), ...(locks && { locks: locks.of(this) }) }
  }

  turn(visibilityState: 'visible' | 'hidden'): void {
    this.document.visibilityState = visibilityState
    this.dispatchEvent(new Event('visibilitychange'))
  }

  hide(): void {
    this.dispatchEvent(new Event('pagehide'))
    this.turn('hidden')
  }

  comeBack(): void {
    this.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    this.turn('visible')
  }
}
