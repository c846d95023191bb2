import { createVerifier, type Engine, loadEngine, StatementRefused, type TrustedKey, type Verifier } from 'fader'
import type { AccessEntry } from '../access/token.ts'
import { strongEtag } from '../etag.ts'
import { report } from '../log.ts'
import { Problem } from '../problem.ts'
import { type Bundle, decodeReveal, type Reveal, type Signed, type Verified, verifyBundle } from '../revision/bundle.ts'
import { within } from '../within.ts'

/** Gives the newest bundle when it was issued later than that, and null when it was not. */
export type Source = (issued: number) => Promise<Bundle | null>

/** Keeps work alive after the answer to the request that started it. */
export type WaitUntil = (work: Promise<unknown>) => void

/** A document as it was signed, to be handed on. */
export type Document = Signed & { readonly etag: string }

/** One revision at work in this isolate. */
export interface Adopted {
  readonly revision: number
  /** To be used before the next `await`: it is freed when a newer revision takes its place. */
  readonly engine: Engine
  readonly revealed: ReadonlyMap<string, Reveal>
  readonly edge: Document
  readonly client: Document
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
  readonly trustedKeys: readonly TrustedKey[]
  readonly now?: () => number
  /** How long one question to the store may take. */
  readonly questionLimitMs?: number
}

/** A bundle that was refused is asked for again after so long: the fault may have been this isolate's. */
const RETRY_REFUSED_MS = 60_000

/** Of which moment this isolate is, and the tokens of that moment. */
interface Held {
  readonly revision: number
  readonly issued: number
  readonly entries: ReadonlyMap<string, AccessEntry>
}

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
  readonly #verify: Verifier
  readonly #now: () => number
  #held: Held = { revision: 0, issued: 0, entries: new Map() }
  #adopted: Adopted | undefined
  #refused = { issued: 0, at: 0 }
  #answered = false
  #unreachable = false
  #confirmedAt: number | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #question: Promise<void> | undefined

  constructor(options: EdgeOptions) {
    this.#environment = options.environment
    this.#refreshIntervalMs = options.refreshIntervalMs
    this.#questionLimitMs = options.questionLimitMs ?? 10_000
    this.#source = options.source
    this.#verify = createVerifier(options.trustedKeys)
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

  /** What is known of the client or edge token with this digest, unless it has expired. */
  entryOf(digest: string): AccessEntry | undefined {
    const entry = this.#held.entries.get(digest)
    return entry?.expires !== undefined && entry.expires <= this.#now() ? undefined : entry
  }

  get stale(): boolean {
    return this.#unreachable || this.#refused.issued > this.#held.issued
  }

  /** How long ago the store last said what is newest; absent before its first answer. */
  get unconfirmedMs(): number | undefined {
    return this.#confirmedAt === undefined ? undefined : this.#now() - this.#confirmedAt
  }

  /** Whether there is something to answer from. A store that is known to be empty is; a first revision that is refused is not. */
  get #isReady(): boolean {
    return this.#adopted !== undefined || (this.#answered && this.#refused.issued === 0)
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
      this.#confirmedAt = this.#now()
    } catch (cause) {
      this.counters.failed += 1
      // Once for an outage, not once for every interval of it.
      if (!this.#unreachable) report('the store cannot be reached; the last good revision goes on', cause)
      this.#unreachable = true
    }
  }

  /** Asking for what is newer than a refused bundle saves fetching that one again at every interval. */
  #since(): number {
    const refusedLately = Math.abs(this.#now() - this.#refused.at) < RETRY_REFUSED_MS
    return refusedLately ? Math.max(this.#held.issued, this.#refused.issued) : this.#held.issued
  }

  async #consider(bundle: Bundle): Promise<void> {
    let issued = this.#held.issued + 1
    try {
      const verified = await verifyBundle(bundle, this.#verify, this.#environment)
      issued = verified.issued
      await this.#adopt(verified)
    } catch (cause) {
      this.counters.refused += 1
      this.#refused = { issued, at: this.#now() }
      report('a bundle is refused; the last good revision goes on', cause)
    }
  }

  /** Throws when the bundle is not to be used. Until it is at work, the one before it goes on. */
  async #adopt(verified: Verified): Promise<void> {
    const { revision, issued, expires, release, access } = verified
    if (expires <= this.#now()) throw new StatementRefused('its signature has expired')
    const entries = decodeAccess(access.bytes)
    const next = release === undefined || revision === this.revision ? undefined : await this.#load(release, revision)
    // Another question may have been faster, and neither moment nor revision ever goes back.
    if (issued <= this.#held.issued || revision < this.#held.revision) {
      next?.engine.free()
      if (revision < this.#held.revision) throw new StatementRefused('its revision is below one that was seen')
      return
    }
    this.#held = { revision, issued, entries }
    if (next === undefined) return
    const old = this.#adopted
    this.#adopted = next
    this.counters.adopted += 1
    old?.engine.free()
  }

  async #load({ edge, client, reveal }: NonNullable<Verified['release']>, revision: number): Promise<Adopted> {
    const revealed = decodeReveal(reveal.bytes)
    const documents = {
      edge: { ...edge, etag: await strongEtag(edge.bytes) },
      client: { ...client, etag: await strongEtag(client.bytes) },
    }
    const engine = await loadEngine(edge.bytes)
    if (engine.revision === revision && engine.environment === this.#environment) {
      return { revision, engine, revealed, ...documents }
    }
    engine.free()
    throw new StatementRefused('the snapshot is of another revision or environment than its signature')
  }
}

function decodeAccess(json: Uint8Array): ReadonlyMap<string, AccessEntry> {
  const entries = JSON.parse(new TextDecoder().decode(json)) as AccessEntry[]
  return new Map(entries.map((entry) => [entry.digest, entry]))
}
