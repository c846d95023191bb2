import type { Answers, Feed } from './answers.js'
import { failure } from './outcome.js'
import { RemoteFeed } from './remote-feed.js'
import type { Beginning } from './start.js'
import type { StreamSource } from './stream.js'
import type { Context, Explanation, Outcome, StoredSnapshot } from './types.js'

/** How often the two are brought to one revision, before the engine here goes on alone. */
const MOST_TRIES = 3
const TRY_AGAIN_MS = 250
/** What can be answered here does not wait longer for what cannot. */
const PATIENCE_MS = 3000

/** The engine here, and the worker for the flags that it does not have: together, and always of one revision. */
export class BothFeed implements Feed {
  readonly #local: Feed & { readonly source: StreamSource }
  readonly #remote: RemoteFeed
  readonly #report: (cause: unknown) => void
  /** Whether the last answers were those of both. */
  #isWhole = false
  #isClosed = false

  constructor({ options, report }: Pick<Beginning, 'options' | 'report'>, local: Feed & { source: StreamSource }) {
    this.#local = local
    this.#remote = new RemoteFeed(options)
    this.#report = report
  }

  get revision(): number | undefined {
    return this.#local.revision
  }

  get isStale(): boolean {
    return (this.#local.isStale ?? false) || this.#remote.isStale || !this.#isWhole
  }

  get source(): StreamSource {
    return this.#local.source
  }

  get fetched(): StoredSnapshot | undefined {
    return this.#local.fetched
  }

  async restore(): Promise<void> {
    await this.#local.restore?.()
  }

  async refresh(context: Context): Promise<boolean> {
    const [own, theirs] = await Promise.allSettled([this.#local.refresh(context), this.#remote.refresh(context)])
    const [here, there] = [this.source.requests, this.#remote.source.requests]
    here.retryAfterMs = Math.max(here.retryAfterMs, there.retryAfterMs)
    if (own.status === 'rejected') throw own.reason
    const wasWhole = this.#isWhole
    this.#isWhole = theirs.status === 'fulfilled' && this.#remote.revision === this.#local.revision
    if (theirs.status === 'fulfilled') return own.value || theirs.value || !wasWhole
    // What is new here is not kept back by what cannot be had there.
    if (!own.value) throw theirs.reason
    this.#report(theirs.reason)
    return true
  }

  async answer(context: Context): Promise<Answers> {
    for (let tries = 0; ; tries += 1) {
      const theirs = await this.#theirs(context)
      const own = await this.#local.answer(context)
      const isWhole = theirs?.revision === own.revision
      if (isWhole || theirs === undefined || tries === MOST_TRIES || this.#isClosed) {
        this.#isWhole = isWhole
        return new BothAnswers(own, isWhole ? theirs : undefined)
      }
      const behind = theirs.revision < own.revision ? this.#remote : this.#local
      own.free()
      await wait(TRY_AGAIN_MS * (tries + 1))
      await behind.refresh(context).catch(this.#report)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#local.close()
    this.#remote.close()
  }

  /** The worker's answers, if they can be had in time. */
  async #theirs(context: Context): Promise<Answers | undefined> {
    try {
      return await Promise.race([this.#remote.answer(context), wait(PATIENCE_MS)])
    } catch (cause) {
      if (!this.#isClosed) this.#report(cause)
      return undefined
    }
  }
}

/** Whatever the engine here can answer it answers; the rest is the worker's, if it was there. */
class BothAnswers implements Answers {
  readonly environment: string
  readonly revision: number
  readonly context: Context
  readonly #own: Answers
  readonly #theirs: Answers | undefined

  constructor(own: Answers, theirs: Answers | undefined) {
    this.environment = own.environment
    this.revision = own.revision
    this.context = own.context
    this.#own = own
    this.#theirs = theirs
  }

  outcome(flag: string): Outcome {
    const own = this.#own.outcome(flag)
    if (own.errorCode === undefined) return own
    if (this.#theirs !== undefined) return this.#theirs.outcome(flag)
    return own.errorCode === 'FLAG_NOT_FOUND' ? failure(flag, 'PROVIDER_NOT_READY', ALONE) : own
  }

  all(): readonly Outcome[] {
    const all = new Map(this.#theirs?.all().map((outcome) => [outcome.flag, outcome]))
    for (const outcome of this.#own.all()) {
      if (outcome.errorCode === undefined || !all.has(outcome.flag)) all.set(outcome.flag, outcome)
    }
    return [...all.values()]
  }

  isTimed(flag: string): boolean {
    return this.#own.isTimed?.(flag) ?? false
  }

  async explain(flag: string): Promise<Explanation> {
    const outcome = this.outcome(flag)
    const explanation = await this.#own.explain?.(flag)
    return explanation?.errorCode === undefined && explanation ? explanation : { ...outcome, steps: [] }
  }

  free(): void {
    this.#own.free()
    this.#theirs?.free()
  }
}

const ALONE = 'the worker has not answered for flags that it alone evaluates; go on with the default'

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms))
}
