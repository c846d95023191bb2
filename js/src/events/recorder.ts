import { later } from '../backoff.js'
import { toBase64url } from '../statement.js'
import type { Memory } from '../types.js'
import type { Exposed, Happening, Measured, Recorder } from './event.js'
import { Lives } from './lives.js'
import type { Page } from './page.js'
import { MOST_BATCH_BYTES, Queue, textOf } from './queue.js'
import { Sending } from './sending.js'
import { Shelf } from './shelf.js'

const DEFAULT_FLUSH_MS = 10_000
/** What happens within so long is put into the queue, and kept, together. */
const GATHER_MS = 1000
/** How many exposures are remembered, so that they are not recorded again. */
const MOST_SEEN = 2000
/** How many values of one name are recorded between two batches. */
const MOST_VALUES = 100
/** How many things that occur are counted at a time. */
const MOST_COUNTED = 500
/** Older events of lives that are over are not delivered. */
const EXPIRY_MS = 48 * 3_600_000
/** Where there are no locks, a life that kept nothing for so long is taken for over. */
const SILENCE_MS = 600_000

export interface RecorderOptions {
  /** Where events are posted, with the token as `?key=`. */
  readonly address: string
  readonly fetch?: typeof globalThis.fetch
  /** Where events last that were not acknowledged. */
  readonly memory?: Memory | undefined
  /** 10,000 by default. */
  readonly flushIntervalMs?: number
  /** Whether the visitor agreed already; true by default. */
  readonly consent?: boolean
  readonly now?: () => number
  readonly onError?: (error: Error) => void
  /** What there is of a page, for tests; by default what is there. */
  readonly page?: Page
}

/** Something that occurred, and how often so far. */
interface Occurrence {
  readonly at: number
  readonly units: string
  readonly name: string
  count: number
}

/** Numbers what happens, keeps it and sends it until it is acknowledged. */
export function createRecorder(options: RecorderOptions): Recorder {
  return new EventRecorder(options)
}

class EventRecorder implements Recorder {
  readonly #page: Page
  readonly #now: () => number
  readonly #shelf: Shelf
  readonly #lives: Lives
  readonly #sending: Sending
  /** The queue of this life; none without consent. */
  #own: Queue | undefined
  readonly #seen = new Set<string>()
  readonly #occurrences = new Map<string, Occurrence>()
  readonly #values = new Map<string, number>()
  /** The lives that are over and are delivered from here. */
  readonly #taken = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #closing = new AbortController()

  constructor(options: RecorderOptions) {
    const { address, fetch = globalThis.fetch, now = Date.now, page = globalThis as Page } = options
    this.#page = page
    this.#now = now
    this.#shelf = new Shelf(address, options.memory)
    this.#lives = new Lives(page.navigator?.locks)
    this.#sending = new Sending({
      address,
      // Workers and browsers refuse a `fetch` that was taken off its object.
      fetch: (...request) => fetch(...request),
      intervalMs: options.flushIntervalMs ?? DEFAULT_FLUSH_MS,
      now,
      onError: (cause) => report(options, cause),
      gather: () => {
        this.#values.clear()
        this.#gather()
      },
      changed: (queue) => this.#keep(queue),
    })
    if (page.document) this.#listen()
    if (options.consent ?? true) this.#begin()
  }

  record(happening: Happening): void {
    if (this.#own === undefined) return
    if ('outcome' in happening) this.#expose(this.#own, happening)
    else this.#measure(this.#own, happening)
    this.#sending.wake()
    this.#timer ??= later(() => {
      this.#gather()
      if ((this.#own?.bytes ?? 0) > MOST_BATCH_BYTES) this.#sending.hurry()
    }, GATHER_MS)
  }

  consent(isGiven: boolean): void {
    if (this.#isClosed) return
    if (!isGiven) this.#withdrawAll()
    else if (this.#own === undefined) this.#begin()
  }

  flush(): Promise<void> {
    return this.#sending.flush()
  }

  close(): void {
    if (this.#isClosed) return
    this.#leave()
    this.#letGo()
    this.#sending.close()
    this.#closing.abort()
    this.#own = undefined
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #begin(): void {
    const own = new Queue(toBase64url(crypto.getRandomValues(new Uint8Array(16))))
    this.#own = own
    this.#lives.hold(own.life)
    this.#sending.add(own)
    this.#takeOver()
  }

  #expose(own: Queue, { at, units, outcome, revision }: Exposed): void {
    const { flag, variant, rule, reason, arm, errorCode } = outcome
    if (errorCode || variant === null || rule === 'preview') return
    const whose = textOf(units)
    const key = JSON.stringify([whose, flag, variant, rule, arm, revision])
    if (this.#seen.has(key)) return
    const exposure = { flag, variant, ...(rule && { rule }), reason, ...(arm && { arm }), revision }
    if (!own.add(whose, { at, exposure })) return
    this.#seen.add(key)
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_SEEN) break
      this.#seen.delete(oldest)
    }
  }

  #measure(own: Queue, { at, units, name, value }: Measured): void {
    const whose = textOf(units)
    if (value === undefined) this.#count({ at, units: whose, name, count: 1 })
    if (!Number.isFinite(value)) return
    const count = (this.#values.get(name) ?? 0) + 1
    this.#values.set(name, count)
    if (count > MOST_VALUES) own.skip()
    else own.add(whose, { at, metric: { name, value: value as number } })
  }

  #count(occurrence: Occurrence): void {
    const key = occurrence.units + occurrence.name
    const known = this.#occurrences.get(key)
    if (known) known.count += 1
    else this.#occurrences.set(key, occurrence)
    if (this.#occurrences.size > MOST_COUNTED) this.#number()
  }

  /** From now on what occurred is an event, which never changes: it may be kept, sent and delivered by another life. */
  #number(): void {
    for (const { at, units, name, count } of this.#occurrences.values()) {
      this.#own?.add(units, { at, metric: { name, ...(count > 1 && { count }) } })
    }
    this.#occurrences.clear()
  }

  #gather(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#number()
    this.#keep(this.#own)
  }

  /** Keeps what is left of a queue, so that whoever goes on with it does not begin anew. */
  #keep(queue: Queue | undefined): void {
    if (!queue?.isChanged) return
    // A queue that was let go is somebody else's by now.
    if (queue !== this.#own && !this.#taken.has(queue.life)) return
    if (!queue.hasNews) this.#shelf.remove(queue.life)
    else if (!this.#shelf.write(queue.life, queue.kept(this.#now()))) return
    queue.isChanged = false
  }

  #listen(): void {
    const { signal } = this.#closing
    const on = (name: string, work: (event: Event) => void) => this.#page.addEventListener?.(name, work, { signal })
    on('visibilitychange', () => {
      if (this.#page.document?.visibilityState === 'hidden') this.#leave()
      else this.#comeBack()
    })
    on('pagehide', () => {
      this.#leave()
      this.#letGo()
    })
    on('pageshow', (event) => {
      if ((event as PageTransitionEvent).persisted) this.#goOn()
    })
    on('online', () => void this.flush())
  }

  /** What was kept when the page went is anybody's by now, so what follows is of a new life. */
  #goOn(): void {
    if (this.#own === undefined) return
    if (this.#own.isChanged) {
      this.#lives.hold(this.#own.life)
    } else {
      this.#sending.keep(undefined)
      this.#begin()
    }
    this.#comeBack()
  }

  /** The page may end at any moment from now on. */
  #leave(): void {
    this.#number()
    const own = this.#own
    if (own === undefined) return
    // Without network a beacon is lost, and nobody hears of that.
    if (this.#page.navigator?.onLine !== false) this.#sending.beacon(own, this.#page)
    // Who took it for over may have removed what was kept.
    own.isChanged = true
    this.#keep(own)
    // Where there is no room for the events there is for how many they were.
    if (own.isChanged) this.#shelf.write(own.life, own.emptied(this.#now()))
  }

  /** Others may deliver from now on what this page would have. */
  #letGo(): void {
    this.#sending.keep(this.#own)
    this.#taken.clear()
    this.#lives.release()
  }

  #comeBack(): void {
    if (this.#own === undefined) return
    this.#takeOver()
    this.#sending.wake()
  }

  /** Delivers what lives left behind that are over. */
  #takeOver(): void {
    const isWithdrawn = this.#own === undefined
    for (const life of this.#shelf.lives()) {
      if (life === this.#own?.life || this.#taken.has(life)) continue
      const take = () => new Promise<void>((resolve) => this.#take({ life, isWithdrawn }, resolve))
      if (this.#lives.areKnown) this.#lives.ifOver(life, take)
      else void take()
    }
  }

  #take({ life, isWithdrawn }: { life: string; isWithdrawn: boolean }, done: () => void): void {
    const queue = readable(life, this.#shelf.read(life))
    const now = this.#now()
    // A clock that was set may show any time.
    const isSilent = Math.abs(now - queue.at) > SILENCE_MS
    if (!this.#lives.areKnown && !isSilent) return
    if (isWithdrawn) this.#withdraw(queue)
    // Whether the worker has what was sent, the worker says.
    else queue.drop('expired', ({ n, at }) => n > queue.doubt && now - at > EXPIRY_MS)
    this.#deliver(queue, done)
  }

  #deliver(queue: Queue, done: () => void): void {
    const { life } = queue
    this.#taken.add(life)
    this.#sending.add(queue, () => {
      this.#shelf.remove(life)
      this.#taken.delete(life)
      done()
    })
    void this.flush()
  }

  #withdrawAll(): void {
    for (const each of [this.#seen, this.#occurrences, this.#values]) each.clear()
    const own = this.#own
    this.#own = undefined
    for (const queue of this.#sending.queues) this.#withdraw(queue)
    if (own) this.#deliver(own, () => {})
    this.#takeOver()
  }

  /** Drops what a visitor does not want to be known. How much that was is all that is left, and is told. */
  #withdraw(queue: Queue): void {
    queue.drop('consent', () => true)
    this.#shelf.remove(queue.life)
    if (queue.hasNews) this.#shelf.write(queue.life, queue.kept(this.#now()))
  }
}

/** What is kept of a life. What cannot be read is as if the life had left nothing. */
function readable(life: string, text: string | null): Queue {
  try {
    if (text !== null) return Queue.of(life, text)
  } catch {
    // Some other program wrote it, or another version of this one.
  }
  return new Queue(life)
}

/** The host's own handler must not break what it is told of. */
function report({ onError }: RecorderOptions, cause: unknown): void {
  try {
    onError?.(cause instanceof Error ? cause : new Error(String(cause)))
  } catch {
    // There is nobody left to tell.
  }
}
