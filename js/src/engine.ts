import { type Artefact, type Instance, isTrap } from './artefact.js'
import { assertContext, InvalidContext, messageOf, seeAll } from './attribute.js'
import { quietly, type Subject } from './context.js'
import { Home } from './home.js'
import { Prepared } from './prepared.js'
import { type Entry, failure, Names, TIMED } from './snapshot.js'
import type { Context, Control, Engine, Explanation, Outcome, PreparedContext, Value } from './types.js'

type EvaluateAll = Artefact['exports']['engine_evaluateAll']

/** Stands for the variant where there is an error. */
const NO_VARIANT = 0xffff

/** Evaluates one snapshot in WebAssembly. */
export class WasmEngine implements Engine {
  readonly #instance: Instance
  readonly #loadControl: () => Promise<Control>
  readonly #names: Names
  /** The flag that was asked for last. */
  #last: Entry | undefined
  #home: Home | undefined
  #isFree = false

  /** Throws when the snapshot cannot be loaded: the caller still has the engine before it. */
  constructor(instance: Instance, snapshot: Uint8Array, loadControl: () => Promise<Control>) {
    this.#instance = instance
    this.#loadControl = loadControl
    this.#names = instance.attempt((artefact) => {
      const home = new Home(artefact, snapshot)
      this.#home = home
      return new Names(home)
    })
  }

  get environment(): string {
    return this.#names.environment
  }

  get revision(): number {
    return this.#names.revision
  }

  get flags(): readonly string[] {
    try {
      return this.#isFree ? this.#names.keys() : this.#attempt((home) => this.#names.keys(home))
    } catch {
      return this.#names.keys()
    }
  }

  prepare(context: Context): PreparedContext {
    const prepared = new Prepared(context)
    try {
      this.#attempt((home) => prepared.in(home))
    } catch {
      // What is wrong with it is told by each evaluation.
    }
    return prepared
  }

  evaluate(flag: string, context: Context | PreparedContext, now?: number): Outcome {
    const home = this.#home
    const entry = this.#last?.key === flag ? this.#last : this.#names.known(flag)
    // What comes after this is the short way, where all is as it was.
    if (entry === undefined || home === undefined || home.artefact !== this.#instance.current) {
      return this.#evaluate(flag, context, now)
    }
    this.#last = entry
    let reading: Subject | undefined
    try {
      if (entry.settled >= 0) return settled(home, entry, context)
      const instant = now === undefined && entry.settled !== TIMED ? 0 : instantOf(entry, now)
      let subject: Subject
      if (Prepared.is(context)) subject = context.in(home)
      else {
        subject = home.scratch
        if (subject.isReading) return this.#evaluate(flag, context, now)
        reading = subject
        subject.read(context)
      }
      return outcome(home, entry, subject, instant)
    } catch (thrown) {
      const cause = reading === undefined ? thrown : reading.blame(thrown)
      if (!isTrap(cause)) return this.#refuse(flag, cause)
      this.#instance.abandon(home.artefact)
      return this.#evaluate(flag, context, now)
    }
  }

  evaluateAll(context: Context | PreparedContext, now: number = Date.now()): Outcome[] {
    try {
      return this.#attempt((home) => {
        const entries = this.#names.all(home)
        const address = this.#all(home.exports.engine_evaluateAll, home, context, now)
        return entries.map((entry, at) => {
          const packed = home.memory.look().words[(address >>> 2) + at] as number
          return entry.outcome(home, packed)
        })
      })
    } catch (cause) {
      return this.flags.map((flag) => this.#refuse(flag, cause))
    }
  }

  values(context: Context | PreparedContext, now?: number): Record<string, Value | null> {
    const values: Record<string, Value | null> = {}
    for (const { flag, value } of this.evaluateAll(context, now)) values[flag] = value
    return values
  }

  indices(context: Context | PreparedContext, now: number = Date.now()): Uint16Array {
    const { size } = this.#names
    try {
      return this.#attempt((home) => {
        const address = this.#all(home.exports.engine_indices, home, context, now)
        return home.indices(address, size)
      })
    } catch {
      return new Uint16Array(size).fill(NO_VARIANT)
    }
  }

  variants(flag: string): readonly string[] {
    try {
      return this.#attempt((home) => this.#names.entry(home, flag)?.variants(home) ?? [])
    } catch {
      return []
    }
  }

  async explain(flag: string, context: Context, now: number = Date.now()): Promise<Explanation> {
    try {
      const instant = asInstant(now)
      // Both are had at once: they may be others by the time that the artefact is there.
      const { attributes, snapshot } = this.#attempt(({ attributes, snapshot }) => ({
        attributes,
        snapshot: snapshot.slice(),
      }))
      const values = seeAll(attributes, context)
      const [control, { contextOf }] = await Promise.all([this.#loadControl(), import('./seen.js')])
      return control.explain(snapshot, flag, contextOf(attributes, values), instant)
    } catch (cause) {
      return { ...this.#refuse(flag, cause), steps: [] }
    }
  }

  free(): void {
    this.#isFree = true
    const home = this.#home
    this.#home = undefined
    if (home === undefined) return
    quietly(() => this.#names.remember(home))
    quietly(() => home.free())
  }

  /** Evaluates one flag by the long way: as often as it takes, and with what was not asked before. */
  #evaluate(flag: string, context: Context | PreparedContext, now: number | undefined): Outcome {
    try {
      return this.#attempt((home) => {
        const entry = this.#names.entry(home, flag)
        if (entry === undefined) {
          return failure(flag, 'FLAG_NOT_FOUND', `there is no flag \`${flag}\` in this snapshot`)
        }
        if (entry.settled >= 0) return settled(home, entry, context)
        const instant = instantOf(entry, now)
        return outcome(home, entry, subjectOf(home, context), instant)
      })
    } catch (cause) {
      return this.#refuse(flag, cause)
    }
  }

  /** Evaluates all flags, and returns where the answers are. */
  #all(evaluate: EvaluateAll, home: Home, context: Context | PreparedContext, now: number): number {
    const instant = asInstant(now)
    const subject = subjectOf(home, context)
    const address = evaluate(home.handle.__wbg_ptr, subject.handle.__wbg_ptr, instant, subject.changed)
    subject.changed = 0
    return address >>> 0
  }

  /** A getter may free the engine while its context is read: then that is the reason, whatever went wrong for it. */
  #refuse(flag: string, thrown: unknown): Outcome {
    const cause = this.#isFree ? freed() : thrown
    return failure(flag, cause instanceof InvalidContext ? 'INVALID_CONTEXT' : 'GENERAL', messageOf(cause))
  }

  /** Does something in the current instance: another engine may have noticed a trap since the last call. */
  #attempt<T>(work: (home: Home) => T): T {
    return this.#instance.attempt((artefact) => {
      const home = this.#home
      if (home === undefined) throw freed()
      if (home.artefact === artefact) return work(home)
      const { snapshot, attributes } = home
      const next = new Home(artefact, snapshot, attributes)
      this.#home = next
      return work(next)
    })
  }
}

/** Returns the outcome that a flag has whatever the context. */
function settled(home: Home, entry: Entry, context: unknown): Outcome {
  assertContext(Prepared.is(context) ? context.context : context)
  return entry.outcome(home, entry.settled)
}

/** Evaluates one flag for a context that is in memory. */
function outcome(home: Home, entry: Entry, subject: Subject, instant: number): Outcome {
  const { evaluate, handle } = home
  const packed = evaluate(handle.__wbg_ptr, subject.handle.__wbg_ptr, entry.index, instant, subject.changed)
  subject.changed = 0
  return entry.outcome(home, packed)
}

/** Returns the memory that holds a context, read now or, where it is prepared, before. */
function subjectOf(home: Home, context: unknown): Subject {
  if (Prepared.is(context)) return context.in(home)
  const subject = home.scratch.isReading ? home.subject() : home.scratch
  try {
    subject.read(context)
  } catch (cause) {
    throw subject.blame(cause)
  }
  return subject
}

function freed(): Error {
  return new Error('the engine was freed; load the snapshot again')
}

/** Asking the clock takes longer than most flags do. */
function instantOf(entry: Entry, now: number | undefined): number {
  if (now !== undefined) return asInstant(now)
  return entry.settled === TIMED ? Date.now() : 0
}

/** What is no number would be after the beginning of every rule, and never after its end. */
function asInstant(now: number): number {
  if (Number.isNaN(now)) throw new Error('`now` is no instant; give milliseconds since 1970')
  return now
}
