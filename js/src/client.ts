import { type Answers, type Feed, type Units, unitsOf } from './answers.js'
import type { Happening } from './events/event.js'
import { type Given, Holds } from './holds.js'
import { once } from './once.js'
import { failure } from './outcome.js'
import type { Overrides } from './overrides.js'
import { Beginning, type Guard } from './start.js'
import { withAssigned } from './sticky.js'
import type { Client, ClientOptions, Context, Explanation, Outcome, Status, Value } from './types.js'
import type { Upkeep } from './upkeep.js'

type Refreshed = 'adopted' | 'unchanged' | 'failed'

/** Gives where the answers come from. */
export type MakeFeed = (beginning: Beginning) => Feed | Promise<Feed>

/** More than an environment has flags; those that do not exist may be asked for without end. */
const MOST_GIVEN = 50_000
/** What happens before there is somebody to record it waits; more than this does not happen in so short a time. */
const MOST_WAITING = 10_000
const NO_ANSWERS = 'no answers yet; wait for ready()'
/** A part of the package that could not be loaded is asked for again. */
const TRY_AGAIN_MS = 30_000

/** Answers from the last good revision, and is kept up to date. */
export class FlagClient implements Client {
  readonly #beginning: Beginning
  readonly #feeding: () => Promise<Feed>
  readonly #listeners = new Set<() => void>()
  readonly #ready: Promise<void>
  #settled = () => {}
  readonly #holds: Holds | undefined
  #overrides: Overrides | undefined
  #context: Context
  #units: Units
  #feed: Feed | undefined
  #answers: Answers | undefined
  /** Whether the answers are for the context, and not for the one before. */
  #isCurrent = true
  /** What each flag gives. What was given of other answers is asked for anew. */
  readonly #given = new Map<string, Given>()
  #all: readonly Outcome[] = []
  /** The first question was answered, or could not be. */
  #hasStarted = false
  #isFailing = false
  #refreshing: Promise<Refreshed> | undefined
  /** Who asked last; answers to those who asked before come too late. */
  #turn = 0
  #upkeep: Upkeep | undefined
  #waiting: Happening[] = []
  #isAgreed: boolean
  #isClosed = false

  constructor(options: ClientOptions, makeFeed: MakeFeed, guard?: Guard) {
    const beginning = new Beginning(options, guard)
    this.#beginning = beginning
    this.#context = beginning.context
    this.#units = unitsOf(this.#context)
    this.#isAgreed = beginning.options.consent ?? true
    this.#holds = beginning.holds ? new Holds(beginning.session, textOf(this.#units)) : undefined
    this.#ready = new Promise((resolve) => {
      this.#settled = resolve
    })
    this.#feeding = once(() => this.#start(makeFeed))
    if (!beginning.hesitates) this.#paint()
    void this.refresh().then((result) => {
      this.#settled()
      void this.#tend(result)
    })
  }

  get status(): Status {
    if (!this.#answers) return this.#hasStarted ? 'error' : 'starting'
    if (!this.#isFailing) return 'ready'
    return globalThis.navigator?.onLine === false ? 'offline' : 'stale'
  }

  get revision(): number | undefined {
    return this.#answers?.revision
  }

  get environment(): string | undefined {
    return this.#answers?.environment
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
    const given = this.#read(flag)
    this.#meet(given)
    return given.outcome.variant ?? fallback
  }

  value(flag: string, fallback: boolean): boolean
  value(flag: string, fallback: string): string
  value(flag: string, fallback: number): number
  value<T extends Value>(flag: string, fallback: T): T
  value(flag: string, fallback: Value): Value {
    const given = this.#read(flag)
    const { value } = given.outcome
    if (value === null || kindOf(value) !== kindOf(fallback)) return fallback
    this.#meet(given)
    return value
  }

  outcome(flag: string): Outcome {
    return this.#read(flag).outcome
  }

  all(): readonly Outcome[] {
    const answers = this.#answers
    const last = this.#all
    const all = (answers?.all() ?? []).map((outcome, at) => {
      const given = this.#overridden(outcome.flag) ?? this.#holds?.held(outcome)?.outcome ?? outcome
      return isSame(given, last[at]) ? last[at] : given
    })
    if (all.length !== last.length || all.some((outcome, at) => outcome !== last[at])) this.#all = all
    return this.#all
  }

  evaluate(flag: string, context: Context): Outcome {
    return this.#answers?.evaluate?.(flag, context) ?? failure(flag, 'PROVIDER_NOT_READY', NO_ANSWERS)
  }

  async explain(flag: string): Promise<Explanation> {
    return (await this.#answers?.explain?.(flag)) ?? { ...this.outcome(flag), steps: [] }
  }

  async identify(context: Context): Promise<void> {
    this.#context = context
    this.#units = unitsOf(context)
    this.#holds?.move(textOf(this.#units))
    const feed = this.#feed
    if (feed === undefined || (feed.revision === undefined && !this.#hasStarted)) {
      this.#swap(this.#beginning.known(context))
      // Who is still being asked is asked for this context then.
      await this.#refreshing
      return
    }
    this.#isCurrent = false
    const turn = this.#turn + 1
    try {
      await this.#take(feed)
    } catch (cause) {
      if (turn !== this.#turn) return
      this.#fail(cause)
      this.#swap(this.#beginning.known(this.#context))
    }
  }

  expose(flag: string): void {
    this.#meet(this.#read(flag))
  }

  track(name: string, value?: number): void {
    this.#record({ at: Date.now(), units: this.#units, name, ...(value !== undefined && { value }) })
  }

  consent(isGiven: boolean): void {
    this.#isAgreed = isGiven
    if (!isGiven) this.#waiting = []
    this.#upkeep?.consent(isGiven)
  }

  async flush(): Promise<void> {
    await this.#upkeep?.flush()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  refresh(): Promise<Refreshed> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  close(): void {
    this.#isClosed = true
    this.#upkeep?.close()
    this.#feed?.close()
    this.#beginning.starts?.end()
    this.#listeners.clear()
  }

  /** Goes on with what was answered before, which is there at once. */
  #paint(): void {
    this.#swap(this.#beginning.known(this.#context))
    if (this.#answers) this.#settled()
  }

  async #start(makeFeed: MakeFeed): Promise<Feed> {
    if (this.#beginning.hesitates) {
      try {
        const { hesitate } = await import('./hesitation.js')
        this.#overrides = await hesitate(this.#beginning)
      } catch (cause) {
        this.#beginning.report(cause)
      }
      this.#paint()
    }
    const feed = await makeFeed(this.#beginning)
    this.#feed = feed
    if (this.#isClosed) feed.close()
    await feed.restore?.()
    if (feed.revision !== undefined && (await this.#take(feed))) this.#settled()
    return feed
  }

  async #refresh(): Promise<Refreshed> {
    if (this.#isClosed) return 'failed'
    const before = this.status
    let isAdopted = false
    try {
      const feed = await this.#feeding()
      const isNewer = await feed.refresh(this.#whole)
      this.#hasStarted = true
      this.#isFailing = feed.isStale ?? false
      // Who is being identified gets the newest answers anyway.
      isAdopted = isNewer && this.#isCurrent && (await this.#take(feed))
    } catch (cause) {
      // The request was broken off, and nobody is left to hear of it.
      if (this.#isClosed) return 'failed'
      this.#fail(cause)
      if (this.status !== before) this.#notify()
      return 'failed'
    }
    if (!isAdopted && this.status !== before) this.#notify()
    return isAdopted ? 'adopted' : 'unchanged'
  }

  /** The context, with what was assigned before. */
  get #whole(): Context {
    return withAssigned(this.#beginning.kept, this.#context, this.#units)
  }

  /** Puts the feed's answers for the context to work. Without a promise where they are there at once. */
  #take(feed: Feed): boolean | Promise<boolean> {
    const turn = ++this.#turn
    const next = feed.answer(this.#whole)
    return next instanceof Promise ? next.then((late) => this.#put(late, turn)) : this.#put(next, turn)
  }

  #put(next: Answers, turn: number): boolean {
    const { starts } = this.#beginning
    const last = this.#answers
    const isLate = turn !== this.#turn
    const isOlder = this.#isCurrent && last?.environment === next.environment && next.revision < last.revision
    if (!isLate && !isOlder && starts?.allows(next.revision) !== false) {
      starts?.use(next.revision)
      this.#swap(next)
      return true
    }
    next.free()
    if (!isLate && !this.#isCurrent) this.#swap(this.#beginning.known(this.#context))
    return false
  }

  #swap(next: Answers | undefined): void {
    const last = this.#answers
    this.#answers = next
    this.#isCurrent = true
    if (last !== next) last?.free()
    this.#upkeep?.changed(next)
    if (next || last) this.#notify()
  }

  /** The last good answers go on. Those for the context before do until the others are had, or cannot be. */
  #fail(cause: unknown): void {
    this.#hasStarted = true
    this.#isFailing = true
    this.#beginning.report(cause)
  }

  #read(flag: string): Given {
    const given = this.#given.get(flag)
    return given !== undefined && given.of === this.#answers && !given.isTimed ? given : this.#ask(flag, given)
  }

  /** Asks the answers for what a flag gives, unless it is held. */
  #ask(flag: string, last: Given | undefined): Given {
    const of = this.#answers
    const overridden = this.#overridden(flag)
    const found = overridden ?? of?.outcome(flag) ?? failure(flag, 'PROVIDER_NOT_READY', NO_ANSWERS)
    const outcome = isSame(found, last?.outcome) ? last.outcome : found
    if (last !== undefined && last.of === of && last.outcome === outcome) return last
    const isError = outcome.reason === 'ERROR'
    const isTimed = !isError && (of?.isTimed?.(flag) ?? false)
    const fresh = { outcome, of, revision: of?.revision ?? 0, isTimed, isExposed: isError || overridden !== undefined }
    const given = (overridden ? undefined : this.#holds?.hold(fresh)) ?? fresh
    given.of = of
    if (this.#given.size === MOST_GIVEN) this.#given.clear()
    this.#given.set(flag, given)
    return given
  }

  /** What a preview gives in place of an answer. */
  #overridden(flag: string): Outcome | undefined {
    return this.#overrides?.in(this.#answers?.environment ?? '').get(flag)
  }

  /** Somebody met what a flag gives. */
  #meet(given: Given): void {
    if (given.isExposed) return
    given.isExposed = true
    const { outcome, revision } = given
    this.#record({ at: Date.now(), units: this.#units, outcome, revision })
  }

  #record(happening: Happening): void {
    if (!this.#isAgreed) return
    if (this.#upkeep) this.#upkeep.record(happening)
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(happening)
  }

  /** Has all that is not needed for the first answers loaded. As long as that fails, it asks now and then by itself. */
  async #tend(result: Refreshed): Promise<void> {
    const feed = this.#feed
    if (this.#isClosed) return
    try {
      if (!feed) throw new Error(NO_ANSWERS)
      const { tend } = await import('./upkeep.js')
      const upkeep = await tend({
        beginning: this.#beginning,
        feed,
        client: this,
        units: () => this.#units,
        renewed: async () => this.#isCurrent && (await this.#take(feed)),
      })
      if (this.#isClosed) return upkeep.close()
      this.#upkeep = upkeep
      upkeep.consent(this.#isAgreed)
      for (const happening of this.#waiting.splice(0)) upkeep.record(happening)
      upkeep.changed(this.#answers)
      upkeep.schedule(result)
    } catch (cause) {
      this.#beginning.report(cause)
      later(() => void this.refresh().then((again) => this.#tend(again)))
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (cause) {
        this.#beginning.report(cause)
      }
    }
  }
}

/** In Node a client that only waits must not keep the process alive. */
function later(work: () => void): void {
  ;(setTimeout(work, TRY_AGAIN_MS) as { unref?(): void }).unref?.()
}

/** Contexts of the same units are of the same visitor. */
const textOf = (units: Units): string => JSON.stringify(units)

/** Refusals are made anew each time, but whoever compares by identity must see a change only when there is one. */
function isSame(outcome: Outcome, last: Outcome | undefined): last is Outcome {
  return (
    outcome === last ||
    (outcome.errorMessage !== undefined && outcome.errorMessage === last?.errorMessage && outcome.flag === last.flag)
  )
}

/** Lists are objects to JavaScript, but not to whoever asks for one of the two. */
function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : typeof value
}
