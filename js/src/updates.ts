import { delayMs, later } from './backoff.js'
import type { SnapshotSource } from './source.js'

/** While the stream is open, polling only makes up for what it may have missed. */
const WITH_STREAM_MS = 300_000
/** Events that come together are one. */
const DEBOUNCE_MS = 50
/** A reader that was told of a revision may ask an isolate that does not have it yet; it asks again so many times. */
const MOST_TRIES = 6
const TRY_AGAIN_MS = 1000
/** Streams that are lost together do not come back together: over this many intervals. */
const LOST_SPREAD = 4 / 3

interface UpdatesOptions {
  readonly source: SnapshotSource
  readonly intervalMs: number
  readonly isStreaming: boolean
  readonly spreadMs: number
  readonly revision: () => number
  readonly refresh: () => Promise<'adopted' | 'unchanged' | 'failed'>
}

/** Decides when a client asks for a newer snapshot: every interval, and as soon as the stream tells of one. */
export class Updates {
  readonly #options: UpdatesOptions
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isHurried = false
  #isClosed = false
  /** The revision that was announced, and how often it was asked for. */
  #announced = 0
  #tries = 0
  #isListening = false
  #isOpen = false
  #lastId = ''
  #streamAfter = 0

  constructor(options: UpdatesOptions) {
    this.#options = options
  }

  /** After an answer: asks again when that is due. */
  schedule(result: 'adopted' | 'unchanged' | 'failed'): void {
    this.#failures = result === 'failed' ? this.#failures + 1 : 0
    this.#isHurried = false
    // Written so that what is no number asks only once, too.
    if (!(this.#options.intervalMs > 0)) return
    if (this.#failures === 0) void this.#listen()
    this.#after(this.#delay())
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #delay(): number {
    const { source, intervalMs, spreadMs, revision } = this.#options
    const random = Math.random()
    if (this.#failures > 0) return source.retryAfterMs + delayMs(this.#failures, intervalMs, random)
    const isBehind = this.#announced > revision()
    if (isBehind && this.#tries++ < MOST_TRIES) return (TRY_AGAIN_MS * this.#tries + spreadMs) * random
    return delayMs(0, this.#isOpen ? Math.max(intervalMs, WITH_STREAM_MS) : intervalMs, random)
  }

  #after(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    this.#timer = later(() => void this.#options.refresh().then((result) => this.schedule(result)), ms)
  }

  /** Keeps the stream, from now to its end. Never rejects: what is not streamed is polled. */
  async #listen(): Promise<void> {
    const { source, isStreaming, intervalMs } = this.#options
    if (!isStreaming || this.#isListening || Date.now() < this.#streamAfter) return
    this.#isListening = true
    let wasOpen = false
    const opened = () => {
      wasOpen = this.#isOpen = true
      this.#unlessHurried(this.#delay())
    }
    const isThere = await source.listen(this.#lastId, opened, (data, id) => this.#hear(data, id)).catch(() => true)
    this.#isListening = this.#isOpen = false
    const random = Math.random()
    if (wasOpen) this.#unlessHurried(random * intervalMs * LOST_SPREAD)
    else this.#streamAfter = isThere ? Date.now() + source.retryAfterMs + delayMs(2, intervalMs, random) : Infinity
  }

  /** What is due sooner stays as it is. */
  #unlessHurried(ms: number): void {
    if (!this.#isHurried && this.#failures === 0) this.#after(ms)
  }

  #hear(data: string, id: string): void {
    this.#lastId = id
    const revision = announced(data)
    if (revision <= this.#options.revision()) return
    this.#announced = revision
    this.#tries = 0
    this.#unlessHurried(DEBOUNCE_MS + Math.random() * this.#options.spreadMs)
    this.#isHurried = true
  }
}

/** The revision that an event tells of; 0 when it is not about that. */
function announced(data: string): number {
  try {
    const { type, revision } = JSON.parse(data) as { type?: unknown; revision?: unknown }
    return type === 'refetchEvaluation' ? Number(revision) || 0 : 0
  } catch {
    return 0
  }
}
