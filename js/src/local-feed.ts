import type { Answers, Feed } from './answers.js'
import { storeOf } from './cache-store.js'
import { Floor } from './floor.js'
import { type Fetched, SnapshotSource } from './source.js'
import type { Beginning } from './start.js'
import type { Trust } from './trust.js'
import type { Context, Engine, StoredSnapshot } from './types.js'

/** An engine that says which flags it evaluates by the clock. */
export interface LocalEngine extends Engine {
  isTimed?(flag: string): boolean
}

/** Loads a snapshot. What that takes besides is there sooner if it begins sooner. */
export type EngineLoader = ((snapshot: Uint8Array) => Promise<LocalEngine>) & { begin(): Promise<unknown> }

/** Where a snapshot came from. Only what comes by network has to be as new as what was seen before. */
type Origin = 'network' | 'tab' | 'kept' | 'program'

/** Asks for snapshots, and evaluates the last good one. */
export class LocalFeed implements Feed {
  readonly source: SnapshotSource
  taken: StoredSnapshot | undefined
  fetched: StoredSnapshot | undefined
  #etag: string | undefined
  readonly #beginning: Beginning
  readonly #load: EngineLoader
  readonly #floor: Floor
  #trust: Trust | undefined
  #engine: LocalEngine | undefined

  constructor(beginning: Beginning, load: EngineLoader) {
    this.#beginning = beginning
    this.#load = load
    this.source = new SnapshotSource(beginning.options)
    this.#floor = new Floor(beginning.kept)
    // It comes while the snapshot does. Whether it can be had is told by whoever loads one.
    load.begin().catch(() => undefined)
  }

  get revision(): number | undefined {
    return this.#engine?.revision
  }

  get isStale(): boolean {
    return this.#trust?.hasExpired ?? false
  }

  async restore(): Promise<void> {
    const { options, address, starts, isPage } = this.#beginning
    const snapshots = storeOf(options, isPage)
    const take = async (stored: unknown, origin: Origin) => {
      try {
        const found = await stored
        if (found) await this.#adopt(found as Fetched, origin)
      } catch (cause) {
        this.#beginning.report(cause)
      }
    }
    await take(snapshots?.read(address), 'kept')
    // The one to go back to, where the last one was not survived.
    if (starts?.isDoubtful) await take(snapshots?.read(`${address}:good`), 'kept')
    await take(options.snapshot && { snapshot: options.snapshot }, 'program')
  }

  async refresh(): Promise<boolean> {
    if (this.#beginning.options.url === undefined) {
      if (this.#engine) return false
      throw new Error('there is nothing to ask; give createClient a `url`')
    }
    return await this.#adopt(await this.source.fetch(this.#etag), 'network')
  }

  async take(fetched: StoredSnapshot): Promise<boolean> {
    return await this.#adopt(fetched, 'tab')
  }

  answer(context: Context): Answers {
    const engine = this.#engine
    if (!engine) throw new Error('there is no snapshot yet')
    return localAnswers(engine, context, () => engine !== this.#engine)
  }

  close(): void {
    this.source.close()
  }

  /** Loads a newer snapshot. Until it is loaded, and if it cannot be, the one before it goes on. */
  async #adopt(fetched: Fetched, origin: Origin): Promise<boolean> {
    const { snapshot, signature } = fetched
    const { starts } = this.#beginning
    const trust = await this.#trusting()
    if (snapshot === undefined) {
      await trust?.renew(signature)
      return false
    }
    const said = origin === 'program' ? undefined : await trust?.check(signature, snapshot, origin === 'kept')
    const next = await this.#load(snapshot)
    const last = this.#engine?.revision ?? -1
    const isNewer = next.revision > last && starts?.allows(next.revision) !== false
    try {
      if (next.revision >= last) {
        if (origin === 'network' || origin === 'tab') this.#floor.raise(next.revision)
        if (said) trust?.accept(next, said, snapshot)
      }
      this.#etag = fetched.etag
      if (isNewer) {
        this.#engine = next
        this.taken = { ...fetched, snapshot }
        if (origin === 'network') this.fetched = this.taken
      }
      return isNewer
    } finally {
      if (next !== this.#engine) next.free()
    }
  }

  async #trusting(): Promise<Trust | undefined> {
    const { options } = this.#beginning
    if (options.keys || options.verifier) this.#trust ??= new (await import('./trust.js')).Trust(options)
    return this.#trust
  }
}

/** What an engine answers one context. The engine goes with its last answers, once there is a newer one. */
export function localAnswers(engine: LocalEngine, context: Context, isOver: () => boolean): Answers {
  const { environment, revision } = engine
  const prepared = engine.prepare(context)
  return {
    environment,
    revision,
    context,
    outcome: (flag) => engine.evaluate(flag, prepared),
    all: () => engine.evaluateAll(prepared),
    isTimed: (flag) => engine.isTimed?.(flag) ?? true,
    evaluate: (flag, other) => engine.evaluate(flag, other),
    explain: (flag) => engine.explain(flag, context),
    free() {
      prepared.free()
      if (isOver()) engine.free()
    },
  }
}
