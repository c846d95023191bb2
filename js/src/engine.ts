import type { Instance } from './artefact.js'
import { type Attribute, assertContext, InvalidContext, readAll, type Seen } from './attribute.js'
import { Home } from './home.js'
import { failure } from './outcome.js'
import { Prepared } from './prepared.js'
import { Entry, TIMED } from './snapshot.js'
import type { Context, Engine, Explanation, Outcome, PreparedContext, Value } from './types.js'

/** Stands for the variant where there is an error. */
const NO_VARIANT = 0xffff
/** Stands for the index of a flag that is not there. */
const NO_FLAG = -1

/** What numbers and texts an engine has: the codes of the crate's `engine` module. */
const REVISION = 0
const FLAGS = 1
const ENVIRONMENT = 0
const KEYS = 2

type Given = Context | PreparedContext

/** Explains what an evaluation of these values gives, which were read of the attributes that the snapshot names. */
export interface Explainer {
  explainSeen(snapshot: Uint8Array, flag: string, values: readonly Seen[], now: number): Explanation
}

/** Evaluates one snapshot in WebAssembly. */
export class WasmEngine implements Engine {
  readonly environment: string
  readonly revision: number
  readonly #instance: Instance
  readonly #loadControl: () => Promise<Explainer>
  readonly #attributes: readonly Attribute[]
  /** How many flags there are, and those that were asked for. */
  readonly #size: number
  readonly #entries = new Map<string, Entry>()
  #all: readonly Entry[] | undefined
  /** The flag that was asked for last. */
  #last: Entry | undefined
  #home: Home | undefined
  /** The keys of all flags, once somebody asked for them. */
  #keys: readonly string[] | undefined
  /** The same as one text, of an engine that was freed before anybody asked. */
  #lines = ''
  /** Where values stand between reading and writing. A getter that evaluates meanwhile finds none, and makes its own. */
  #values: Seen[] | undefined

  /** Throws when the snapshot cannot be loaded: the caller still has the engine before it. */
  constructor(instance: Instance, snapshot: Uint8Array, loadControl: () => Promise<Explainer>) {
    this.#instance = instance
    this.#loadControl = loadControl
    const home = instance.attempt((artefact) => new Home(artefact, snapshot))
    this.#attributes = home.attributes
    this.environment = home.text(ENVIRONMENT)
    this.revision = home.number(REVISION)
    this.#size = home.number(FLAGS)
    this.#move(home)
  }

  get flags(): readonly string[] {
    return this.#ask(
      (home) => this.#keysOf(home),
      () => this.#split(this.#lines),
    )
  }

  prepare(context: Context): PreparedContext {
    const prepared = new Prepared(context)
    this.#instance.whenCollected(prepared, prepared.held)
    // What is wrong with it is told by each evaluation.
    this.#ask(
      () => this.#subject(prepared),
      () => 0,
    )
    return prepared
  }

  evaluate(flag: string, context: Given, now?: number): Outcome {
    for (let isAgain = false; ; isAgain = true) {
      try {
        return this.#evaluate(flag, context, now)
      } catch (cause) {
        if (!this.#instance.isLost(cause) || isAgain) return refuse(flag, cause)
      }
    }
  }

  evaluateAll(context: Given, now: number = Date.now()): Outcome[] {
    return this.#ask(
      () => {
        const subject = this.#subject(context)
        const home = this.#home as Home
        // Making outcomes may move what stands in memory.
        const outcomes = home.evaluateAll(subject, asInstant(now), this.#size).slice()
        return this.#everyEntry(home).map((entry, at) => entry.outcome(home, outcomes[at] as number))
      },
      (cause) => this.flags.map((flag) => refuse(flag, cause)),
    )
  }

  values(context: Given, now?: number): Record<string, Value | null> {
    const values: Record<string, Value | null> = {}
    for (const { flag, value } of this.evaluateAll(context, now)) values[flag] = value
    return values
  }

  indices(context: Given, now: number = Date.now()): Uint16Array {
    return this.#ask(
      () => {
        const subject = this.#subject(context)
        return (this.#home as Home).indices(subject, asInstant(now), this.#size)
      },
      () => new Uint16Array(this.#size).fill(NO_VARIANT),
    )
  }

  codes(context: Given, now: number = Date.now()): Uint32Array | undefined {
    return this.#ask(
      () => {
        const subject = this.#subject(context)
        return (this.#home as Home).evaluateAll(subject, asInstant(now), this.#size)
      },
      () => undefined,
    )
  }

  outcomeOf(at: number, code: number): Outcome {
    return this.#ask(
      (home) => {
        const entry = this.#everyEntry(home)[at]
        if (entry === undefined) throw new Error(`there is no flag at ${at}`)
        return entry.outcome(home, code)
      },
      (cause) => refuse(this.flags[at] ?? '', cause),
    )
  }

  /** Whether its answer may change with the clock alone. */
  isTimed(flag: string): boolean {
    return this.#entries.get(flag)?.settled === TIMED
  }

  variants(flag: string): readonly string[] {
    return this.#ask(
      (home) => this.#find(home, flag)?.variants(home) ?? [],
      () => [],
    )
  }

  async explain(flag: string, context: Context, now: number = Date.now()): Promise<Explanation> {
    try {
      // Both are had at once: they may be others by the time that the artefact is there.
      const values = readAll(this.#attributes, context, [])
      const snapshot = this.#current().snapshot.slice()
      return (await this.#loadControl()).explainSeen(snapshot, flag, values, asInstant(now))
    } catch (cause) {
      return { ...refuse(flag, cause), steps: [] }
    }
  }

  free(): void {
    if (this.#home === undefined) return
    // They may be asked for later, to say of each that there is no answer.
    if (this.#keys === undefined) this.#lines = this.#ask(linesOf, () => '')
    this.#home.free()
    this.#home = undefined
  }

  #evaluate(flag: string, context: Given, now: number | undefined): Outcome {
    const entry = this.#last?.key === flag ? this.#last : this.#find(this.#current(), flag)
    if (!entry) return failure(flag, 'FLAG_NOT_FOUND', `there is no flag \`${flag}\` in this snapshot`)
    this.#last = entry
    if (entry.settled >= 0) {
      assertContext(Prepared.is(context) ? context.context : context)
      return entry.outcome(this.#current(), entry.settled)
    }
    // Asking the clock takes longer than most flags do.
    const instant = now === undefined ? (entry.settled === TIMED ? Date.now() : 0) : asInstant(now)
    const subject = this.#subject(context)
    const home = this.#home as Home
    return entry.outcome(home, home.evaluate(subject, entry.index, instant))
  }

  /** Returns the subject of the current home that holds a context, read now or, where it is prepared, before. */
  #subject(context: Given): number {
    const attributes = this.#attributes
    if (Prepared.is(context)) {
      const { held } = context
      if (held.home === this.#current()) return held.subject
      context.read(attributes)
      // A getter may have done what it liked.
      return context.move(this.#current())
    }
    const values = this.#values ?? []
    this.#values = undefined
    readAll(attributes, context, values)
    const subject = this.#current().write(values)
    this.#values = values
    return subject
  }

  #keysOf(home: Home): readonly string[] {
    return this.#keys ?? this.#split(linesOf(home))
  }

  #split(lines: string): readonly string[] {
    // The list is given away, and flags are told apart by it.
    this.#keys ??= Object.freeze(lines.split('\n', this.#size))
    return this.#keys
  }

  #find(home: Home, key: string): Entry | undefined {
    const known = this.#entries.get(key)
    if (known || typeof key !== 'string') return known
    const index = home.find(key)
    return index === NO_FLAG ? undefined : this.#entry(home, key, index)
  }

  #everyEntry(home: Home): readonly Entry[] {
    this.#all ??= this.#keysOf(home).map((flag, at) => this.#entry(home, flag, at))
    return this.#all
  }

  #entry(home: Home, key: string, index: number): Entry {
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = new Entry(home, key, index)
      this.#entries.set(key, entry)
    }
    return entry
  }

  /** Asks something in the current instance, and then in a new one, before there is no answer. */
  #ask<T>(work: (home: Home) => T, otherwise: (cause: unknown) => T): T {
    try {
      return this.#instance.attempt(() => work(this.#current()))
    } catch (cause) {
      return otherwise(cause)
    }
  }

  /** Returns what there is in the current instance: another engine may have noticed a trap since the last call. */
  #current(): Home {
    const home = this.#home
    if (!home) throw new Error('the engine was freed; load the snapshot again')
    const { current } = this.#instance
    return home.artefact === current ? home : this.#move(new Home(current, home.snapshot, this.#attributes))
  }

  #move(home: Home): Home {
    this.#instance.whenCollected(this, home)
    this.#home = home
    return home
  }
}

function linesOf(home: Home): string {
  return home.text(KEYS)
}

function refuse(flag: string, cause: unknown): Outcome {
  return failure(flag, cause instanceof InvalidContext ? 'INVALID_CONTEXT' : 'GENERAL', `${(cause as Error)?.message}`)
}

/** What is no number would be after the beginning of every rule, and never after its end. */
function asInstant(now: number): number {
  if (Number.isNaN(now)) throw new Error('`now` is no instant; give milliseconds since 1970')
  return now
}
