import { delayMs, later } from '../backoff.js'
import type { Receipt } from './event.js'
import type { Page } from './page.js'
import type { Queue } from './queue.js'

/** Long enough for who is slow: an answer that nobody waits for makes a duplicate. */
const TIMEOUT_MS = 30_000
/** Who was sent away comes back rarely: a token may be given its right again. */
const SLOW_MS = 600_000
const LONGEST_RETRY_AFTER_MS = 3_600_000
/** Answers of which nothing is certain, or which another time may be others. All else from 400 on is for ever. */
const PASSING = new Set([401, 403, 408, 429])

export interface SendingOptions {
  readonly address: string
  readonly fetch: typeof globalThis.fetch
  readonly intervalMs: number
  readonly now: () => number
  readonly onError: (cause: unknown) => void
  /** Called before something is sent, so that it can be put into the queue. */
  readonly gather: () => void
  /** Called when a queue was changed. */
  readonly changed: (queue: Queue) => void
}

/** Sends what is in queues, one request at a time, until it is acknowledged. */
export class Sending {
  readonly #options: SendingOptions
  /** With each queue of another life what is called when nothing is left of it. */
  readonly #queues = new Map<Queue, (() => void) | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | undefined
  #failures = 0
  #retryAfterMs = 0
  /** Whether the worker asked to be left alone. */
  #isBarred = false
  #isClosed = false
  /** How many events go into a batch: fewer after one was too large. */
  #most = Infinity

  constructor(options: SendingOptions) {
    this.#options = options
  }

  /** Sends a queue, for ever, or until nothing is left of it. */
  add(queue: Queue, emptied?: () => void): void {
    this.#queues.set(queue, emptied)
    if (emptied) this.#finish(queue)
  }

  /** Forgets what is of other lives. */
  keep(queue: Queue | undefined): void {
    for (const each of this.#queues.keys()) if (each !== queue) this.#queues.delete(each)
  }

  get queues(): Iterable<Queue> {
    return this.#queues.keys()
  }

  /** Sends soon what there is. */
  wake(): void {
    if (this.#timer === undefined) this.#wait()
  }

  /** Sends now, unless the worker asked to be left alone. Never rejects. */
  async flush(): Promise<void> {
    this.#options.gather()
    if (this.#isBarred || this.#isClosed) return
    this.#running ??= this.#run()
    await this.#running
  }

  /** Sends at once because a batch is full, unless sending has failed. */
  hurry(): void {
    if (this.#failures === 0) void this.flush()
  }

  /** Gives all that is new to the browser, which sends it after the page. Nobody hears of an answer. */
  beacon(queue: Queue, page: Page): void {
    for (;;) {
      const items = queue.pick(queue.beaconed)
      const last = items.at(-1)
      if (last === undefined) return
      queue.beaconed = last.n
      queue.isChanged = true
      const batch = queue.batch(items, this.#options.now())
      if (!given(page, this.#options.address, batch)) this.#post(batch, { keepalive: true }).catch(() => {})
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #wait(): void {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    this.#timer = later(() => {
      this.#timer = undefined
      this.#isBarred = false
      void this.flush()
    }, this.#delay())
  }

  #delay(): number {
    const random = Math.random()
    const isSentAway = this.#isBarred && this.#retryAfterMs === 0
    if (isSentAway) return delayMs(0, SLOW_MS, random)
    return this.#retryAfterMs + delayMs(this.#failures, this.#options.intervalMs, random)
  }

  async #run(): Promise<void> {
    // What ends at once must end after it is known to run.
    await undefined
    let isGoing = true
    while (isGoing && !this.#isClosed) {
      const queue = [...this.#queues.keys()].find(({ hasNews }) => hasNews)
      if (queue === undefined) break
      isGoing = await this.#send(queue)
    }
    this.#running = undefined
    if (isGoing) this.#most = Infinity
    else this.#wait()
  }

  /** Sends one batch, and says whether to go on. */
  async #send(queue: Queue): Promise<boolean> {
    const items = queue.pick(0, this.#most)
    const { tried, lost } = queue
    const last = items.at(-1)?.n ?? 0
    queue.tried = Math.max(tried, last)
    this.#options.changed(queue)
    const status = await this.#ask(queue.batch(items, this.#options.now()))
    // What was refused is not with the worker; of all else nobody knows.
    if (status >= 400 && status < 500) queue.tried = tried
    const isGoing = this.#heed(status, items.length)
    if (!isGoing) return false
    if (status === 200) queue.settle(last)
    else if (status !== 413 || items.length < 2) queue.drop('refused', ({ n }) => n <= last)
    if (status !== 413 || items.length < 2) queue.told = lost
    this.#options.changed(queue)
    this.#finish(queue)
    return true
  }

  /** Says whether what was sent is settled, for good or ill. */
  #heed(status: number, count: number): boolean {
    const isSettled = status === 200 || (status >= 400 && status < 500 && !PASSING.has(status))
    this.#failures = isSettled ? 0 : this.#failures + 1
    this.#isBarred = status === 401 || status === 403 || this.#retryAfterMs > 0
    if (status === 413) this.#most = Math.max(1, count >> 1)
    return isSettled
  }

  #finish(queue: Queue): void {
    const emptied = this.#queues.get(queue)
    if (emptied === undefined || queue.hasNews) return
    this.#queues.delete(queue)
    emptied()
  }

  /** The status of the answer; 0 where there is none, and where it is no receipt. */
  async #ask(batch: string): Promise<number> {
    const asking = new AbortController()
    const timer = later(() => asking.abort(), TIMEOUT_MS)
    this.#retryAfterMs = 0
    try {
      const response = await this.#post(batch, { signal: asking.signal })
      const { status } = response
      const body = await response.text()
      if (status !== 200) {
        this.#retryAfterMs = retryAfterMs(response, this.#options.now())
        this.#options.onError(new Error(`the events were answered ${status}`))
        return status
      }
      // A portal that wants a password first answers 200 too.
      const { stored } = JSON.parse(body) as Partial<Receipt>
      return typeof stored === 'number' ? status : 0
    } catch (cause) {
      this.#options.onError(cause)
      return 0
    } finally {
      clearTimeout(timer)
    }
  }

  /** As plain text, which no browser asks permission for first. */
  async #post(body: string, how: RequestInit): Promise<Response> {
    const { fetch, address } = this.#options
    return await fetch(address, { method: 'POST', body, ...how })
  }
}

/** Says whether the browser took it. */
function given({ navigator }: Page, address: string, batch: string): boolean {
  try {
    return navigator?.sendBeacon?.(address, batch) ?? false
  } catch {
    return false
  }
}

function retryAfterMs({ headers }: Response, now: number): number {
  const after = headers.get('retry-after') ?? ''
  const ms = Number.isNaN(Number(after)) ? Date.parse(after) - now : 1000 * Number(after)
  return Math.min(Math.max(ms, 0) || 0, LONGEST_RETRY_AFTER_MS)
}
