import type { Answers, Feed } from './answers.js'
import { Floor } from './floor.js'
import { type Fetched, SnapshotSource } from './source.js'
import { type Beginning, goodOf } from './start.js'
import type { Trust } from './trust.js'
import type { Context, Engine, Explanation, Outcome, PreparedContext, StoredSnapshot } from './types.js'

/** An engine that says which flags it evaluates by the clock. */
export interface LocalEngine extends Engine {
  isTimed?(flag: string): boolean
}

export type LoadEngine = (snapshot: Uint8Array) => Promise<LocalEngine>

/** Where a snapshot came from. Only what comes by network has to be as new as what was seen before. */
type Origin = 'network' | 'tab' | 'kept' | 'program'

/** Asks for snapshots, and evaluates the last good one. */
export class LocalFeed implements Feed {
  readonly source: SnapshotSource
  fetched: StoredSnapshot | undefined
  #etag: string | undefined
  readonly #site: Beginning
  readonly #load: LoadEngine
  readonly #floor: Floor
  #trust: Trust | undefined
  #engine: LocalEngine | undefined

  constructor(site: Beginning, load: LoadEngine) {
    this.#site = site
    this.#load = load
    this.source = new SnapshotSource(site.options)
    this.#floor = new Floor(site.kept)
  }

  get revision(): number | undefined {
    return this.#engine?.revision
  }

  get isStale(): boolean {
    return this.#trust?.hasExpired ?? false
  }

  async restore(): Promise<void> {
    const { options, address, isDoubtful } = this.#site
    const restore = async (read: () => unknown, origin: Origin) => {
      try {
        const stored = await read()
        if (stored) await this.#adopt(stored as Fetched, origin)
      } catch (cause) {
        this.#site.report(cause)
      }
    }
    await restore(() => options.snapshots?.read(address), 'kept')
    if (isDoubtful) await restore(() => options.snapshots?.read(goodOf(address)), 'kept')
    await restore(() => options.snapshot && { snapshot: options.snapshot }, 'program')
  }

  async refresh(): Promise<boolean> {
    if (this.#site.options.url === undefined) return this.#nothing()
    return await this.#adopt(await this.source.fetch(this.#etag), 'network')
  }

  /** Takes what another tab got, as if it had been downloaded. Gives whether it is newer. */
  async take(fetched: Fetched): Promise<boolean> {
    return await this.#adopt(fetched, 'tab')
  }

  answer(context: Context): Answers {
    if (!this.#engine) throw new Error('there is no snapshot yet')
    return new LocalAnswers(this.#engine, context, (engine) => engine !== this.#engine)
  }

  close(): void {
    this.source.close()
  }

  #nothing(): boolean {
    if (this.#engine) return false
    throw new Error('there is nothing to answer from; give createClient a `url`, a `snapshot` or a `definition`')
  }

  /** Loads a newer snapshot. Until it is loaded, and if it cannot be, the one before it goes on. */
  async #adopt(fetched: Fetched, origin: Origin): Promise<boolean> {
    const { snapshot, signature } = fetched
    const trust = await this.#trusting()
    if (snapshot === undefined) {
      await trust?.renew(signature)
      if (this.fetched && signature) this.fetched = { ...this.fetched, signature }
      return false
    }
    const said = origin === 'program' ? undefined : await trust?.check(signature, snapshot, origin === 'kept')
    const next = await this.#load(snapshot)
    const last = this.#engine?.revision ?? -1
    const isNewer = next.revision > last && this.#site.allows(next.revision)
    try {
      if (next.revision >= last) {
        if (origin === 'network' || origin === 'tab') this.#floor.raise(next.revision)
        if (said) trust?.accept(next, said, snapshot)
      }
      this.#etag = fetched.etag
      if (isNewer) {
        this.#engine = next
        if (origin === 'network') this.fetched = { ...fetched, snapshot }
      }
      return isNewer
    } finally {
      if (next !== this.#engine) next.free()
    }
  }

  async #trusting(): Promise<Trust | undefined> {
    const { options } = this.#site
    if (options.keys || options.verifier) this.#trust ??= new (await import('./trust.js')).Trust(options)
    return this.#trust
  }
}

/** What an engine answers one context. The engine goes with its last answers, once there is a newer one. */
export class LocalAnswers implements Answers {
  readonly environment: string
  readonly revision: number
  readonly context: Context
  readonly #engine: LocalEngine
  readonly #prepared: PreparedContext
  readonly #isOver: (engine: LocalEngine) => boolean

  constructor(engine: LocalEngine, context: Context, isOver: (engine: LocalEngine) => boolean) {
    this.environment = engine.environment
    this.revision = engine.revision
    this.context = context
    this.#engine = engine
    this.#prepared = engine.prepare(context)
    this.#isOver = isOver
  }

  outcome(flag: string): Outcome {
    return this.#engine.evaluate(flag, this.#prepared)
  }

  all(): readonly Outcome[] {
    return this.#engine.evaluateAll(this.#prepared)
  }

  isTimed(flag: string): boolean {
    return this.#engine.isTimed?.(flag) ?? true
  }

  evaluate(flag: string, context: Context): Outcome {
    return this.#engine.evaluate(flag, context)
  }

  explain(flag: string): Promise<Explanation> {
    return this.#engine.explain(flag, this.context)
  }

  free(): void {
    this.#prepared.free()
    if (this.#isOver(this.#engine)) this.#engine.free()
  }
}
