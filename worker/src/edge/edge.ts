import { StatementRefused, type TrustedKey } from 'fader'
import type { AccessEntry } from '../access/token.ts'
import type { WaitUntil } from '../call.ts'
import { report } from '../log.ts'
import { Problem } from '../problem.ts'
import { type Bundle, decodeBundle, type Head } from '../revision/bundle.ts'
import { within } from '../within.ts'
import { type Adopted, Holding, type Taken } from './holding.ts'
import type { Place, Source } from './source.ts'

/** What an answer can be made from right now. */
export interface Standing {
  /** Absent when nothing is published. */
  readonly adopted: Adopted | undefined
  /** True when it is not known to be the newest, or its signatures have expired. */
  readonly stale: boolean
}

interface EdgeOptions {
  readonly environment: string
  readonly refreshIntervalMs: number
  readonly source: Source
  readonly trustedKeys: readonly TrustedKey[]
  /** The encoded bundle that was deployed with the worker; empty when there is none. */
  readonly bundled?: Uint8Array
  readonly now?: () => number
  readonly random?: () => number
  /** How long all that one question takes may take. */
  readonly questionLimitMs?: number
}

/** A moment that was refused everywhere is asked for again after so long: the fault may have been this isolate's. */
const RETRY_REFUSED_MS = 60_000
/**
 * How far the time between two questions goes while they fail; less as long as there is nothing to answer from. It does
 * not go far, because a store that fails now and then still has to tell of a kill.
 */
const LONGEST_PAUSE_MS = 5000
const LONGEST_PAUSE_EMPTY_MS = 2000
/** Isolates that began together must not ask together for ever. */
const JITTER = 0.1

/**
 * The evaluating half of an isolate.
 *
 * It asks for a newer revision, at most once in an interval however many requests there are, and off the path of all of
 * them but those that come before the first answer. Whatever the store does, the last good revision goes on.
 */
export class Edge {
  readonly #refreshIntervalMs: number
  readonly #questionLimitMs: number
  readonly #source: Source
  readonly #now: () => number
  readonly #random: () => number
  readonly #holding: Holding
  readonly #counts = { asked: 0, bundled: 0, adopted: 0, renewed: 0, refused: 0, failed: 0 }
  #bundled: { readonly bytes: Uint8Array; issued: number } | undefined
  #hasBegun = false
  /** Whether the store has said what there is, and this isolate has it. */
  #isSettled = false
  #isCurrent = true
  /** Whether what was deployed answers although it could not be taken by the rules. */
  #isLastResort = false
  #refused = { issued: 0, at: 0 }
  #failures = 0
  #jitter = 1
  #confirmedAt: number | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #question: Promise<void> | undefined

  constructor(options: EdgeOptions) {
    this.#refreshIntervalMs = options.refreshIntervalMs
    this.#questionLimitMs = options.questionLimitMs ?? 10_000
    this.#source = options.source
    this.#now = options.now ?? Date.now
    this.#random = options.random ?? Math.random
    this.#holding = new Holding({ ...options, now: this.#now })
    if (options.bundled?.byteLength) this.#bundled = { bytes: options.bundled, issued: 0 }
  }

  /**
   * Settles when there is something to answer from, and asks for a newer revision when that is due. Waits only as long
   * as there is nothing. Throws when nothing can be had.
   */
  async ready(waitUntil: WaitUntil): Promise<void> {
    this.askIfDue(waitUntil)
    if (!this.#isReady && this.#question !== undefined) {
      // The question may belong to a request that was cut off, so this one does not trust it to end.
      await within(this.#question, this.#questionLimitMs).catch(() => undefined)
    }
    if (this.#isReady) return
    throw new Problem('not-ready', 'The store could not be reached yet.', { headers: { 'retry-after': '1' } })
  }

  /** Asks when that is due, and does not wait. */
  askIfDue(waitUntil: WaitUntil): void {
    const now = this.#now()
    // A clock that was set back must not keep the isolate from asking until it has caught up.
    const elapsedMs = Math.abs(now - this.#askedAt)
    if (elapsedMs < this.#pauseMs) return
    // A question of a request that was cut off never ends. It is given up when it must have ended by itself.
    if (this.#question !== undefined && elapsedMs < 2 * this.#questionLimitMs) return
    const question = this.#ask(false, waitUntil).finally(() => {
      if (this.#question === question) this.#question = undefined
    })
    this.#question = question
    waitUntil(question)
  }

  /** Asks now, and the store itself: this isolate knows that there is something newer. Never rejects. */
  async refresh(): Promise<void> {
    const background: Promise<unknown>[] = []
    await this.#ask(true, (work) => background.push(work))
    await Promise.all(background)
  }

  get revision(): number | undefined {
    return this.#holding.adopted?.revision
  }

  /** What to answer from. It is not promised, because what is awaited may be freed before it arrives. */
  get standing(): Standing {
    return { adopted: this.#holding.adopted, stale: this.stale }
  }

  /** What this isolate was given last, with its moment; undefined when nothing. */
  get held(): (Head & { readonly bundle: Bundle }) | undefined {
    const { revision, issued, bundle } = this.#holding.held
    return bundle === undefined ? undefined : { revision, issued, bundle }
  }

  /** What is known of the client or edge token with this digest, unless it has expired. */
  entryOf(digest: string): AccessEntry | undefined {
    const entry = this.#holding.held.entries.get(digest)
    return entry?.expires !== undefined && entry.expires <= this.#now() ? undefined : entry
  }

  get stale(): boolean {
    return !this.#isCurrent || this.#isLastResort || this.#holding.isExpired
  }

  /** How long ago the store last said what is newest; absent before its first answer. */
  get unconfirmedMs(): number | undefined {
    return this.#confirmedAt === undefined ? undefined : this.#now() - this.#confirmedAt
  }

  /** How often each thing was done. */
  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counts, ...this.#source.counters }
  }

  /** Whether there is something to answer from. A store that is known to be empty is; a first revision that is refused is not. */
  get #isReady(): boolean {
    return this.#holding.adopted !== undefined || (this.#isSettled && this.#refused.issued === 0)
  }

  /** How long after a question the next is due. */
  get #pauseMs(): number {
    const longest = this.#holding.adopted === undefined ? LONGEST_PAUSE_EMPTY_MS : LONGEST_PAUSE_MS
    const doubled = this.#refreshIntervalMs * 2 ** Math.max(0, this.#failures - 1)
    return Math.max(this.#refreshIntervalMs, Math.min(doubled, longest)) * this.#jitter
  }

  async #ask(atOnce: boolean, background: WaitUntil): Promise<void> {
    this.#counts.asked += 1
    this.#askedAt = this.#now()
    this.#jitter = 1 + JITTER * (2 * this.#random() - 1)
    try {
      await within(this.#hear(atOnce, background), this.#questionLimitMs)
      this.#failures = 0
      this.#confirmedAt = this.#now()
    } catch (cause) {
      this.#counts.failed += 1
      // Once for an outage, not once for every question of it.
      if (this.#failures === 0) report('the store cannot be reached; the last good revision goes on', cause)
      this.#failures += 1
      this.#isCurrent = false
    }
  }

  /** Brings this isolate to what is newest, as far as that can be had. Rejects when the store does not say what is. */
  async #hear(atOnce: boolean, background: WaitUntil): Promise<void> {
    const [told] = await Promise.allSettled([this.#source.head(atOnce, background), this.#begin()])
    const isSure = told.status === 'fulfilled'
    const issued = (isSure ? told.value?.issued : await this.#source.pointer()) ?? 0
    const isHere = issued <= this.#since || (await this.#fetch(issued, atOnce, background))
    if (this.#holding.adopted === undefined && !(isSure && isHere && issued > 0)) await this.#takeBundled()
    if (!isSure) throw told.reason
    if (issued === this.#holding.held.issued) this.#isLastResort = false
    this.#isCurrent = issued > 0 ? issued <= this.#holding.held.issued : this.#holding.adopted === undefined
    // Only now: until the first bundle is at work, requests wait for it and do not take the store for empty.
    this.#isSettled ||= this.#isCurrent
    if (!isHere && this.#refused.issued < issued) throw new Error('the store has a bundle that could not be had')
  }

  /** Reads, once, below what nothing is to be taken: what this place has seen, and what was deployed. */
  async #begin(): Promise<void> {
    if (this.#hasBegun) return
    const [floor] = await Promise.all([this.#source.floor(), this.#readBundled()])
    if (floor !== null) this.#holding.raiseFloor(floor)
    this.#hasBegun = true
  }

  async #readBundled(): Promise<void> {
    if (this.#bundled === undefined) return
    try {
      const verified = await this.#holding.verify(decodeBundle(this.#bundled.bytes))
      this.#bundled.issued = verified.issued
      this.#holding.raiseFloor(verified)
    } catch (cause) {
      this.#refuse('bundled', cause)
      this.#bundled = undefined
    }
  }

  /** Asking for what is newer than a refused bundle saves fetching that one again at every interval. */
  get #since(): number {
    const refusedLately = Math.abs(this.#now() - this.#refused.at) < RETRY_REFUSED_MS
    return Math.max(this.#holding.held.issued, refusedLately ? this.#refused.issued : 0)
  }

  /** Goes from place to place until one gives what can be used: what is spoilt in one may be good in the next. */
  async #fetch(issued: number, atOnce: boolean, background: WaitUntil): Promise<boolean> {
    let isRefused = false
    for (const place of this.#placesOf(issued, atOnce)) {
      const bundle = await this.#bundleFrom(place)
      if (bundle === null) continue
      if (bundle !== 'refused' && (await this.#consider(bundle, place, background))) return true
      isRefused = true
    }
    if (isRefused) this.#refused = { issued, at: this.#now() }
    return false
  }

  /** What was deployed serves as well as what would have to be fetched. */
  #placesOf(issued: number, atOnce: boolean): readonly Place[] {
    const places = this.#source.places(issued, atOnce)
    const bundled = this.#bundled
    if (bundled?.issued !== issued) return places
    return [{ name: 'bundled', fetch: async () => decodeBundle(bundled.bytes) }, ...places]
  }

  /** Null when it is not there, or the place does not answer: the next one is asked then. */
  async #bundleFrom(place: Place): Promise<Bundle | 'refused' | null> {
    try {
      return await place.fetch()
    } catch (cause) {
      if (!(cause instanceof StatementRefused)) return null
      this.#refuse(place.name, cause)
      return 'refused'
    }
  }

  async #consider(bundle: Bundle, { name }: Place, background: WaitUntil): Promise<boolean> {
    try {
      const taken = await this.#holding.take(bundle)
      this.#count(taken)
      if (taken !== 'known') this.#isLastResort = false
      if (name === 'bundled') this.#counts.bundled += 1
      if (taken !== 'known') background(this.#source.keep(bundle, this.#holding.held, name))
      return true
    } catch (cause) {
      this.#refuse(name, cause)
      return false
    }
  }

  async #takeBundled(): Promise<void> {
    if (this.#bundled === undefined) return
    try {
      this.#count(await this.#holding.takeLastResort(decodeBundle(this.#bundled.bytes)))
      this.#counts.bundled += 1
      this.#isLastResort = true
      report('the bundle that was deployed answers, because no other can be had')
    } catch (cause) {
      this.#refuse('bundled', cause)
    }
  }

  #refuse(from: Place['name'], cause: unknown): void {
    this.#counts.refused += 1
    report(`a bundle from ${from} is refused; the last good revision goes on`, cause)
  }

  #count(taken: Taken): void {
    if (taken !== 'known') this.#counts[taken] += 1
  }
}
