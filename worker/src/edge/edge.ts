import { type Engine, loadEngine } from 'fader'
import { strongEtag } from '../etag.ts'
import { report } from '../log.ts'
import { Problem } from '../problem.ts'
import { type Bundle, decodeReveal, type Reveal } from '../revision/bundle.ts'
import { within } from '../within.ts'

/** Gives what is newer than a revision, or null when nothing is. */
export type Source = (revision: number) => Promise<Bundle | null>

/** Keeps work alive after the answer to the request that started it. */
export type WaitUntil = (work: Promise<unknown>) => void

/** One revision at work in this isolate. */
export interface Adopted {
  readonly revision: number
  /** To be used before the next `await`: it is freed when a newer revision takes its place. */
  readonly engine: Engine
  readonly revealed: ReadonlyMap<string, Reveal>
  readonly client: { readonly bytes: Uint8Array; readonly etag: string }
}

/** What an answer can be made from right now. */
export interface Standing {
  /** Absent when nothing is published. */
  readonly adopted: Adopted | undefined
  /** True when there may be, or is, a newer revision that could not be adopted. */
  readonly stale: boolean
}

interface EdgeOptions {
  readonly environment: string
  readonly refreshIntervalMs: number
  readonly source: Source
  readonly now?: () => number
  /** How long one question to the store may take. */
  readonly questionLimitMs?: number
}

/** A revision that did not load is asked for again after so long: the fault may have been this isolate's. */
const RETRY_REFUSED_MS = 60_000

/**
 * The evaluating half of an isolate.
 *
 * It asks the store for a newer revision, at most once in an interval however many requests there are, and off the path
 * of all of them but those that come before the first answer. Whatever the store does, the last good revision goes on.
 */
export class Edge {
  readonly counters = { asked: 0, adopted: 0, refused: 0, failed: 0 }
  readonly #environment: string
  readonly #refreshIntervalMs: number
  readonly #questionLimitMs: number
  readonly #source: Source
  readonly #now: () => number
  #adopted: Adopted | undefined
  #refused = { revision: 0, at: 0 }
  #answered = false
  #unreachable = false
  #askedAt = Number.NEGATIVE_INFINITY
  #question: Promise<void> | undefined

  constructor(options: EdgeOptions) {
    this.#environment = options.environment
    this.#refreshIntervalMs = options.refreshIntervalMs
    this.#questionLimitMs = options.questionLimitMs ?? 10_000
    this.#source = options.source
    this.#now = options.now ?? Date.now
  }

  /**
   * Settles when there is something to answer from, and asks for a newer revision when that is due. Waits for the store
   * only as long as nothing was ever heard of it. Throws when nothing can be had.
   */
  async ready(waitUntil: WaitUntil): Promise<void> {
    this.#askIfDue(waitUntil)
    if (!this.#isReady && this.#question !== undefined) {
      // The question may belong to a request that was cut off, so this one does not trust it to end.
      await within(this.#question, this.#questionLimitMs).catch(() => undefined)
    }
    if (this.#isReady) return
    throw new Problem('not-ready', 'The store could not be reached yet.', { headers: { 'retry-after': '1' } })
  }

  /** Asks now, whatever was asked before: this isolate knows that there is something newer. Never rejects. */
  async refresh(): Promise<void> {
    this.#askedAt = this.#now()
    await this.#ask()
  }

  get revision(): number | undefined {
    return this.#adopted?.revision
  }

  /** What to answer from. It is not promised, because what is awaited may be freed before it arrives. */
  get standing(): Standing {
    return { adopted: this.#adopted, stale: this.stale }
  }

  get stale(): boolean {
    return this.#unreachable || this.#refused.revision > (this.#adopted?.revision ?? 0)
  }

  /** Whether there is something to answer from. A store that is known to be empty is; a first revision that is refused is not. */
  get #isReady(): boolean {
    return this.#adopted !== undefined || (this.#answered && this.#refused.revision === 0)
  }

  #askIfDue(waitUntil: WaitUntil): void {
    const now = this.#now()
    // A clock that was set back must not keep the isolate from asking until it has caught up.
    const elapsedMs = Math.abs(now - this.#askedAt)
    if (elapsedMs < this.#refreshIntervalMs) return
    // A question of a request that was cut off never ends. It is given up when it must have ended by itself.
    if (this.#question !== undefined && elapsedMs < 2 * this.#questionLimitMs) return
    this.#askedAt = now
    const question = this.#ask().finally(() => {
      if (this.#question === question) this.#question = undefined
    })
    this.#question = question
    waitUntil(question)
  }

  async #ask(): Promise<void> {
    this.counters.asked += 1
    try {
      const bundle = await within(this.#source(this.#since()), this.#questionLimitMs)
      if (bundle !== null) await this.#consider(bundle)
      // Only now: until the first bundle is at work, requests wait for it and do not take the store for empty.
      this.#answered = true
      this.#unreachable = false
    } catch (cause) {
      this.counters.failed += 1
      // Once for an outage, not once for every interval of it.
      if (!this.#unreachable) report('the store cannot be reached; the last good revision goes on', cause)
      this.#unreachable = true
    }
  }

  /** Asking for what is newer than a refused revision saves fetching that one again at every interval. */
  #since(): number {
    const adopted = this.#adopted?.revision ?? 0
    const refusedLately = Math.abs(this.#now() - this.#refused.at) < RETRY_REFUSED_MS
    return refusedLately ? Math.max(adopted, this.#refused.revision) : adopted
  }

  async #consider(bundle: Bundle): Promise<void> {
    try {
      await this.#adopt(bundle)
    } catch (cause) {
      this.counters.refused += 1
      this.#refused = { revision: bundle.revision, at: this.#now() }
      report(`revision ${bundle.revision} does not load; the last good revision goes on`, cause)
    }
  }

  async #adopt(bundle: Bundle): Promise<void> {
    const revealed = decodeReveal(bundle.reveal)
    const client = { bytes: bundle.client, etag: await strongEtag(bundle.client) }
    const engine = await loadEngine(bundle.edge)
    const old = this.#adopted
    // Another question may have been faster, and a revision never goes back.
    const isNewer = bundle.revision > (old?.revision ?? 0)
    if (!isNewer || engine.revision !== bundle.revision || engine.environment !== this.#environment) {
      engine.free()
      if (isNewer) throw new Error('the snapshot is of another revision or environment than the store says')
      return
    }
    this.#adopted = { revision: bundle.revision, engine, revealed, client }
    this.counters.adopted += 1
    old?.engine.free()
  }
}
