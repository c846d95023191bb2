import { delayMs, later, leftOf, type Span } from './backoff.js'
import { Page } from './page.js'
import { RevisionStream, type StreamSource } from './stream.js'

/** While the stream is open, polling only makes up for what it may have missed. */
const WITH_STREAM_MS = 300_000
/** Events that come together are one. */
const DEBOUNCE_MS = 50
/** A reader that was told of a revision may ask an isolate that does not have it yet; it asks again so many times. */
const MOST_TRIES = 6
const TRY_AGAIN_MS = 1000
/** Streams that are lost together do not come back together: over this many intervals. */
const LOST_SPREAD = 4 / 3
/** Timers stand still while a device sleeps, so the clock is looked at so often. */
const LOOK_MS = 15_000
/** Who looks so much too late has slept, and its stream may be dead without anybody having told. */
const SLEPT_MS = 30_000

type Refreshed = 'adopted' | 'unchanged' | 'failed'

export interface UpdatesOptions {
  readonly source: StreamSource
  readonly intervalMs: number
  readonly isStreaming: boolean
  readonly spreadMs: number
  readonly revision: () => number
  readonly refresh: () => Promise<Refreshed>
  /** False where another tab may be the one that asks for all: then it waits for `lead(true)`. */
  readonly isLeading?: boolean
}

/**
 * Decides when a client asks for what is newer: every interval, and as soon as the stream tells of it. A page that nobody
 * sees asks nothing, nor does one without network, and both make up for it as soon as they are back.
 */
export class Updates {
  readonly #options: UpdatesOptions
  readonly #stream: RevisionStream
  readonly #page = new Page(() => this.#turn())
  #isLeading: boolean
  #isClosed = false
  /** The first answer came, or failed to. */
  #hasBegun = false
  #isAwake = true
  #isAsking = false
  #isHurried = false
  #wasOffline = false
  /** Something may have been told while nobody listened. */
  #hasMissed = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #answeredAt = 0
  #wait: Span = { from: 0, ms: 0 }
  /** How long the server wants to be left alone. */
  #alone: Span = { from: 0, ms: 0 }
  /** The revision that was announced, and how often it was asked for. */
  #announced = 0
  #tries = 0

  constructor(options: UpdatesOptions) {
    const { source, intervalMs, isLeading = true } = options
    this.#options = options
    this.#isLeading = isLeading
    this.#stream = new RevisionStream({
      source,
      intervalMs,
      opened: () => this.#unlessHurried(this.#delay()),
      lost: () => this.#unlessHurried(Math.random() * intervalMs * LOST_SPREAD),
      told: (revision) => this.hear(revision),
    })
  }

  /** After an answer: asks again when that is due. */
  schedule(result: Refreshed): void {
    this.#failures = result === 'failed' ? this.#failures + 1 : 0
    this.#isHurried = false
    // Written so that what is no number asks only once, too.
    if (this.#isClosed || !(this.#options.intervalMs > 0)) return
    this.#hasBegun = true
    this.#answeredAt = Date.now()
    this.#alone = { from: Date.now(), ms: this.#failures > 0 ? this.#options.source.requests.retryAfterMs : 0 }
    if (this.#failures === 0) this.#hasMissed = false
    const delay = this.#delay()
    this.#isAwake = this.#mayAsk
    if (this.#failures === 0) this.#listen()
    this.#after(delay)
  }

  /** Whether this tab is the one that asks for all of them. */
  lead(isLeading: boolean): void {
    this.#isLeading = isLeading
    this.#turn()
  }

  /** Somebody tells of a revision. Asks for it if it is news, also where another tab leads. */
  hear(revision: number): void {
    if (!(revision > this.#options.revision())) return
    this.#announced = revision
    this.#tries = 0
    this.#isAwake = this.#mayAsk
    this.#unlessHurried(DEBOUNCE_MS + Math.random() * this.#options.spreadMs)
    this.#isHurried = true
  }

  close(): void {
    this.#isClosed = true
    this.#page.close()
    this.#rest()
  }

  get #isBehind(): boolean {
    return this.#announced > this.#options.revision()
  }

  get #mayAsk(): boolean {
    return !this.#isClosed && this.#page.isSeen && this.#page.isOnline && (this.#isLeading || this.#isBehind)
  }

  /** Goes to sleep or wakes up, where it is time for that. */
  #turn(): void {
    if (!this.#page.isOnline) this.#wasOffline = true
    const wasAwake = this.#isAwake
    this.#isAwake = this.#mayAsk
    if (!this.#isAwake) this.#rest()
    else if (!wasAwake && this.#hasBegun) this.#makeUp()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    if (this.#stream.end()) this.#hasMissed = true
  }

  /** Asks at once where something may have been missed. Those who lost their network together come back spread. */
  #makeUp(): void {
    const { intervalMs, spreadMs } = this.#options
    const isOver = leftOf({ from: this.#answeredAt, ms: intervalMs }) === 0
    const aloneMs = leftOf(this.#alone)
    const spread = this.#wasOffline ? Math.random() * spreadMs : 0
    if (this.#wasOffline) this.#failures = 0
    this.#isHurried = isOver || this.#hasMissed || this.#wasOffline
    this.#wasOffline = false
    if (this.#isHurried) this.#after(aloneMs + spread)
    else this.#look()
    if (aloneMs === 0) this.#listen()
  }

  #listen(): void {
    if (this.#options.isStreaming && this.#isLeading && this.#isAwake) void this.#stream.listen()
  }

  #delay(): number {
    const { intervalMs, spreadMs } = this.#options
    const random = Math.random()
    if (this.#failures > 0) return leftOf(this.#alone) + delayMs(this.#failures, intervalMs, random)
    if (this.#isBehind && this.#tries++ < MOST_TRIES) return (TRY_AGAIN_MS * this.#tries + spreadMs) * random
    // What cannot be had was perhaps never there.
    this.#announced = 0
    return delayMs(0, this.#stream.isOpen ? Math.max(intervalMs, WITH_STREAM_MS) : intervalMs, random)
  }

  /** What is due sooner stays as it is. */
  #unlessHurried(ms: number): void {
    if (this.#hasBegun && !this.#isHurried && this.#failures === 0) this.#after(ms)
  }

  #after(ms: number): void {
    this.#wait = { from: Date.now(), ms }
    clearTimeout(this.#timer)
    // Whatever the clock says next, a timer passes before it is believed.
    if (ms > 0) this.#nap(Math.min(ms, LOOK_MS))
    else this.#look()
  }

  /** Asks if it is time, and looks again otherwise. */
  #look(): void {
    clearTimeout(this.#timer)
    if (this.#isAsking) return
    const leftMs = leftOf(this.#wait)
    if (leftMs > 0) this.#nap(Math.min(leftMs, LOOK_MS))
    else if (this.#isAwake) this.#ask()
  }

  #nap(ms: number): void {
    if (!this.#isAwake) return
    const tooLate: Span = { from: Date.now(), ms: ms + SLEPT_MS }
    this.#timer = later(() => {
      if (leftOf(tooLate) > 0) return this.#look()
      this.#rest()
      this.#hasMissed = true
      this.#makeUp()
    }, ms)
  }

  #ask(): void {
    this.#isAsking = true
    void this.#options.refresh().then((result) => {
      this.#isAsking = false
      this.schedule(result)
    })
  }
}
