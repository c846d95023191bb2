import { Floor } from './floor.js'
import { failure } from './snapshot.js'
import { SnapshotSource } from './source.js'
import type { Trust } from './trust.js'
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
import { Updates } from './updates.js'

const DEFAULT_INTERVAL_MS = 30_000
const DEFAULT_SPREAD_MS = 1000
/** More than an environment has flags; those that do not exist may be asked for without end. */
const MOST_REFUSALS = 50_000

const NOT_READY = 'there is no snapshot yet; wait for ready(), or go on with the default'

/** Asks for snapshots, and answers from the last good one. */
export class FlagClient implements Client {
  readonly #source: SnapshotSource
  readonly #loadEngine: (snapshot: Uint8Array) => Promise<Engine>
  readonly #updates: Updates
  readonly #options: ClientOptions
  readonly #floor: Floor
  #trust: Trust | undefined
  readonly #onError: (error: Error) => void
  readonly #listeners = new Set<() => void>()
  readonly #ready: Promise<void>
  #context: Context
  #engine: Engine | undefined
  #prepared: PreparedContext | undefined
  #etag: string | undefined
  #status: Status = 'starting'
  #all: readonly Outcome[] = []
  readonly #refusals = new Map<string, Outcome>()
  #refreshing: Promise<'adopted' | 'unchanged' | 'failed'> | undefined
  #isClosed = false

  constructor(options: ClientOptions, loadEngine: (snapshot: Uint8Array) => Promise<Engine>) {
    this.#source = new SnapshotSource(options)
    this.#loadEngine = loadEngine
    this.#options = options
    this.#floor = new Floor(this.#source.address, options.memory)
    this.#updates = new Updates({
      source: this.#source,
      intervalMs: options.pollIntervalMs ?? DEFAULT_INTERVAL_MS,
      isStreaming: options.stream ?? true,
      spreadMs: options.spreadMs ?? DEFAULT_SPREAD_MS,
      revision: () => this.revision ?? 0,
      refresh: () => this.refresh(),
    })
    this.#onError = options.onError ?? (() => {})
    this.#context = options.context ?? {}
    this.#ready = this.refresh().then((result) => this.#updates.schedule(result))
  }

  get status(): Status {
    return this.#status
  }

  get revision(): number | undefined {
    return this.#engine?.revision
  }

  get environment(): string | undefined {
    return this.#engine?.environment
  }

  get context(): Context {
    return this.#context
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

  evaluate(flag: string, context: Context): Outcome {
    return this.#steady(this.#engine?.evaluate(flag, context) ?? failure(flag, 'PROVIDER_NOT_READY', NOT_READY))
  }

  async explain(flag: string): Promise<Explanation> {
    if (this.#engine === undefined) return { ...failure(flag, 'PROVIDER_NOT_READY', NOT_READY), steps: [] }
    return await this.#engine.explain(flag, this.#context)
  }

  async identify(context: Context): Promise<void> {
    this.#context = context
    this.#prepare()
    this.#notify()
  }

  expose(): void {}

  track(): void {}

  consent(): void {}

  async flush(): Promise<void> {}

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
    this.#updates.close()
    this.#source.close()
    this.#listeners.clear()
  }

  async #refresh(): Promise<'adopted' | 'unchanged' | 'failed'> {
    if (this.#isClosed) return 'failed'
    try {
      const adopted = await this.#adopt()
      this.#settle(this.#trust?.hasExpired ? 'stale' : 'ready', adopted)
      return adopted ? 'adopted' : 'unchanged'
    } catch (cause) {
      // The request was broken off, and nobody is left to hear of it.
      if (this.#isClosed) return 'failed'
      this.#settle(this.#engine === undefined ? 'error' : 'stale', false)
      this.#report(cause)
      return 'failed'
    }
  }

  /** Fetches and loads a newer snapshot. Until it is loaded, and if it cannot be, the one before it goes on. */
  async #adopt(): Promise<boolean> {
    const { snapshot, etag, signature } = await this.#source.fetch(this.#etag)
    const { keys, verifier } = this.#options
    if (keys || verifier) this.#trust ??= new (await import('./trust.js')).Trust(this.#options)
    const trust = this.#trust
    if (snapshot === undefined) {
      await trust?.renew(signature)
      return false
    }
    const said = await trust?.check(signature, snapshot)
    const next = await this.#loadEngine(snapshot)
    try {
      const isOlder = this.#engine !== undefined && next.revision < this.#engine.revision
      if (!isOlder) {
        this.#floor.raise(next.revision)
        if (said) trust?.accept(next, said, snapshot)
      }
      this.#etag = etag
      if (isOlder || next.revision === this.#engine?.revision) return false
      this.#replace(next)
      return true
    } finally {
      if (next !== this.#engine) next.free()
    }
  }

  #replace(next: Engine): void {
    const last = this.#engine
    this.#engine = next
    this.#prepare()
    last?.free()
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
}

/** Lists are objects to JavaScript, but not to whoever asks for one of the two. */
function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : typeof value
}
