import { failure } from './snapshot.js'
import { SnapshotSource } from './source.js'
import type {
  Client,
  ClientOptions,
  Context,
  Engine,
  Explanation,
  Outcome,
  PreparedContext,
  Status,
  Value,
} from './types.js'

const DEFAULT_INTERVAL_MS = 30_000
/** After failures the interval doubles, up to so many times. */
const MOST_DOUBLINGS = 4
/** More than an environment has flags; those that do not exist may be asked for without end. */
const MOST_REFUSALS = 50_000
/** What platforms take for a delay; a longer one would be none. */
const LONGEST_DELAY_MS = 2 ** 31 - 1
/** Clients that start together must not ask together for ever. */
const JITTER = 0.1

const NOT_READY = 'there is no snapshot yet; wait for ready(), or go on with the default'

/** Polls for snapshots, and answers from the last good one. */
export class FlagClient implements Client {
  readonly #source: SnapshotSource
  readonly #loadEngine: (snapshot: Uint8Array) => Promise<Engine>
  readonly #intervalMs: number
  readonly #onError: (error: Error) => void
  readonly #listeners = new Set<() => void>()
  readonly #ready: Promise<void>
  #context: Context
  #engine: Engine | undefined
  #prepared: PreparedContext | undefined
  #etag: string | undefined
  #status: Status = 'starting'
  #failures = 0
  #all: readonly Outcome[] = []
  readonly #refusals = new Map<string, Outcome>()
  #refreshing: Promise<'adopted' | 'unchanged' | 'failed'> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(options: ClientOptions, loadEngine: (snapshot: Uint8Array) => Promise<Engine>) {
    this.#source = new SnapshotSource(options.url, options.fetch, options.key)
    this.#loadEngine = loadEngine
    this.#intervalMs = options.pollIntervalMs ?? DEFAULT_INTERVAL_MS
    this.#onError = options.onError ?? (() => {})
    this.#context = options.context ?? {}
    this.#ready = this.refresh().then(() => this.#schedule())
  }

  get status(): Status {
    return this.#status
  }

  get revision(): number | undefined {
    return this.#engine?.revision
  }

  ready(): Promise<void> {
    return this.#ready
  }

  isOn(flag: string, fallback = false): boolean {
    return this.value(flag, fallback)
  }

  variant(flag: string, fallback?: string): string | undefined {
    return this.outcome(flag).variant ?? fallback
  }

  value(flag: string, fallback: boolean): boolean
  value(flag: string, fallback: string): string
  value(flag: string, fallback: number): number
  value<T extends Value>(flag: string, fallback: T): T
  value(flag: string, fallback: Value): Value {
    const { value } = this.outcome(flag)
    return value !== null && kindOf(value) === kindOf(fallback) ? value : fallback
  }

  outcome(flag: string): Outcome {
    if (this.#engine === undefined || this.#prepared === undefined)
      return this.#steady(failure(flag, 'PROVIDER_NOT_READY', NOT_READY))
    return this.#steady(this.#engine.evaluate(flag, this.#prepared))
  }

  all(): readonly Outcome[] {
    if (this.#engine === undefined || this.#prepared === undefined) return this.#all
    const all = this.#engine.evaluateAll(this.#prepared).map((outcome) => this.#steady(outcome))
    const isSame = all.length === this.#all.length && all.every((outcome, index) => outcome === this.#all[index])
    if (!isSame) this.#all = all
    return this.#all
  }

  async explain(flag: string): Promise<Explanation> {
    if (this.#engine === undefined) return { ...failure(flag, 'PROVIDER_NOT_READY', NOT_READY), steps: [] }
    return await this.#engine.explain(flag, this.#context)
  }

  identify(context: Context): void {
    this.#context = context
    this.#prepare()
    this.#notify()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  refresh(): Promise<'adopted' | 'unchanged' | 'failed'> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#source.close()
    this.#listeners.clear()
  }

  async #refresh(): Promise<'adopted' | 'unchanged' | 'failed'> {
    if (this.#isClosed) return 'failed'
    try {
      const adopted = await this.#adopt()
      this.#failures = 0
      this.#settle('ready', adopted)
      return adopted ? 'adopted' : 'unchanged'
    } catch (cause) {
      // The request was broken off, and nobody is left to hear of it.
      if (this.#isClosed) return 'failed'
      this.#failures += 1
      this.#settle(this.#engine === undefined ? 'error' : 'stale', false)
      this.#report(cause)
      return 'failed'
    }
  }

  /** Fetches and loads a newer snapshot. Until it is loaded, and if it cannot be, the one before it goes on. */
  async #adopt(): Promise<boolean> {
    const fetched = await this.#source.fetch(this.#etag)
    if (fetched === undefined) return false
    const next = await this.#loadEngine(fetched.snapshot)
    this.#etag = fetched.etag
    const isNewer = this.#engine === undefined || next.revision > this.#engine.revision
    if (!isNewer) {
      next.free()
      return false
    }
    const last = this.#engine
    this.#engine = next
    this.#prepare()
    last?.free()
    return true
  }

  /** Refusals are made anew each time, but whoever compares by identity must see a change only when there is one. */
  #steady(outcome: Outcome): Outcome {
    if (outcome.reason !== 'ERROR') return outcome
    const last = this.#refusals.get(outcome.flag)
    if (last !== undefined && last.errorMessage === outcome.errorMessage) return last
    if (this.#refusals.size === MOST_REFUSALS) this.#refusals.clear()
    this.#refusals.set(outcome.flag, outcome)
    return outcome
  }

  #prepare(): void {
    this.#prepared?.free()
    this.#prepared = this.#engine?.prepare(this.#context)
  }

  #settle(status: Status, adopted: boolean): void {
    const isChanged = adopted || status !== this.#status
    this.#status = status
    if (isChanged) this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (cause) {
        this.#report(cause)
      }
    }
  }

  /** The host's own handler must not break what it is told of. */
  #report(cause: unknown): void {
    try {
      this.#onError(cause instanceof Error ? cause : new Error(String(cause)))
    } catch {
      // There is nobody left to tell.
    }
  }

  #schedule(): void {
    // Written so that what is no number asks only once, too.
    if (this.#isClosed || !(this.#intervalMs > 0)) return
    const interval = this.#intervalMs * 2 ** Math.min(this.#failures, MOST_DOUBLINGS)
    const jitter = 1 + JITTER * (2 * Math.random() - 1)
    const delay = Math.min(interval * jitter, LONGEST_DELAY_MS)
    this.#timer = setTimeout(() => void this.refresh().then(() => this.#schedule()), delay)
    // In Node a client that only polls must not keep the process alive.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }
}

/** Lists are objects to JavaScript, but not to whoever asks for one of the two. */
function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : typeof value
}
