import { type Artefact, type Instance, isTrap } from './artefact.js'
import {
  type Attribute,
  assertContext,
  InvalidContext,
  messageOf,
  quietly,
  readAll,
  Subject,
  toJson,
} from './context.js'
import { failure, Tables } from './snapshot.js'
import type { Context, Control, Engine, Explanation, Outcome, PreparedContext } from './types.js'

type Handle = InstanceType<Artefact['Engine']>

/** What an engine has in one instance of the artefact. */
interface Home {
  readonly artefact: Artefact
  readonly handle: Handle
  /** Memory for contexts that are used once. */
  readonly scratch: Subject
}

/** A context in an engine's memory, and what was read of it, should the memory be lost. */
class Prepared implements PreparedContext {
  readonly #context: unknown
  #attributes: readonly Attribute[] | undefined
  #values: readonly unknown[] = []
  #home: Home | undefined
  #subject: Subject | undefined

  constructor(context: unknown) {
    this.#context = context
  }

  /** Asks nothing of the context itself, which may be a proxy. */
  static is(context: unknown): context is Prepared {
    return typeof context === 'object' && context !== null && #context in context
  }

  get context(): unknown {
    return this.#context
  }

  /** Returns what one engine reads, read once: what the host does to its object later is not seen. */
  read(attributes: readonly Attribute[]): readonly unknown[] {
    if (this.#attributes !== attributes) {
      this.#values = readAll(attributes, this.#context)
      this.#attributes = attributes
    }
    return this.#values
  }

  /** Returns the memory that holds the values, written now or before. */
  in(home: Home, values: readonly unknown[]): Subject {
    if (this.#home === home && this.#subject !== undefined) return this.#subject
    this.#subject?.free()
    this.#home = undefined
    // Even what is too large has memory that must be given back.
    this.#subject = new Subject(home.artefact, values.length)
    this.#subject.write(values)
    this.#home = home
    return this.#subject
  }

  free(): void {
    this.#subject?.free()
    this.#subject = undefined
    this.#home = undefined
    this.#attributes = undefined
    this.#values = []
  }
}

/** Evaluates one snapshot in WebAssembly. */
export class WasmEngine implements Engine {
  readonly #instance: Instance
  readonly #snapshot: Uint8Array
  readonly #loadControl: () => Promise<Control>
  readonly #tables: Tables
  #home: Home | undefined
  #isFree = false

  /** Throws when the snapshot cannot be loaded: the caller still has the engine before it. */
  constructor(instance: Instance, snapshot: Uint8Array, loadControl: () => Promise<Control>) {
    this.#instance = instance
    // The bytes are needed again after a trap, whatever becomes of the caller's.
    this.#snapshot = snapshot.slice()
    this.#loadControl = loadControl
    const { tables, home } = instance.attempt((artefact) => {
      const handle = new artefact.Engine(this.#snapshot)
      const tables = new Tables(handle)
      return { tables, home: settle(artefact, handle, tables) }
    })
    this.#tables = tables
    this.#home = home
  }

  get environment(): string {
    return this.#tables.environment
  }

  get revision(): number {
    return this.#tables.revision
  }

  get flags(): readonly string[] {
    return this.#tables.keys
  }

  prepare(context: Context): PreparedContext {
    const prepared = new Prepared(context)
    try {
      this.#evaluate(prepared, () => undefined)
    } catch {
      // What is wrong with it is told by each evaluation.
    }
    return prepared
  }

  evaluate(flag: string, context: Context | PreparedContext, now?: number): Outcome {
    const index = this.#tables.index(flag)
    if (index === undefined) return failure(flag, 'FLAG_NOT_FOUND', `there is no flag \`${flag}\` in this snapshot`)
    try {
      const settled = this.#settled(index, context)
      const packed = settled ?? this.#packed(index, context, now ?? this.#tables.instant(index))
      return this.#tables.outcome(index, packed)
    } catch (cause) {
      return this.#refuse(flag, cause)
    }
  }

  evaluateAll(context: Context | PreparedContext, now: number = Date.now()): Outcome[] {
    const { keys } = this.#tables
    try {
      return this.#evaluate(context, ({ artefact, handle }, subject) => {
        const address = handle.evaluateAll(subject.handle, instant(now))
        return this.#tables.outcomes(new Uint32Array(artefact.memory.buffer, address, keys.length))
      })
    } catch (cause) {
      return keys.map((flag) => this.#refuse(flag, cause))
    }
  }

  async explain(flag: string, context: Context, now: number = Date.now()): Promise<Explanation> {
    try {
      // Read at once: it may be another by the time that the artefact is there.
      const seen = JSON.parse(toJson(this.#tables.attributes, context)) as Context
      const control = await this.#loadControl()
      return control.explain(this.#snapshot, flag, seen, instant(now))
    } catch (cause) {
      return { ...refuse(flag, cause), steps: [] }
    }
  }

  free(): void {
    this.#isFree = true
    const home = this.#home
    this.#home = undefined
    if (home === undefined) return
    home.scratch.free()
    quietly(() => home.handle.free())
  }

  /** A getter may free the engine while its context is read: then that is the reason, whatever went wrong for it. */
  #refuse(flag: string, cause: unknown): Outcome {
    return refuse(flag, this.#isFree ? freed() : cause)
  }

  /** Returns the outcome that a flag has whatever the context, where there is one. */
  #settled(index: number, context: Context | PreparedContext): number | undefined {
    const settled = this.#tables.settled(index)
    if (settled === undefined) return undefined
    if (this.#isFree) throw freed()
    assertContext(Prepared.is(context) ? context.context : context)
    return settled
  }

  /** Evaluates one flag: at once where nothing trapped since the last time, and else by the long way. */
  #packed(index: number, context: Context | PreparedContext, now: number): number {
    instant(now)
    const home = this.#home
    if (home !== undefined && home.artefact === this.#instance.current) {
      try {
        const { handle } = this.#subject(home, context)
        if (Prepared.is(context)) return home.handle.evaluate(handle, index, now)
        return home.handle.evaluateAnew(handle, index, now)
      } catch (cause) {
        if (!isTrap(cause)) throw cause
        this.#instance.abandon(home.artefact)
      }
    }
    return this.#evaluate(context, ({ handle }, subject) => handle.evaluate(subject.handle, index, now))
  }

  /** Does something with a context that is in memory; if it traps, once more in a new instance. */
  #evaluate<T>(context: Context | PreparedContext, work: (home: Home, subject: Subject) => T): T {
    return this.#attempt((home) => {
      const subject = this.#subject(home, context)
      if (!Prepared.is(context)) subject.handle.forget()
      return work(home, subject)
    })
  }

  /** Returns the memory that holds a context, read now or, where it is prepared, before. */
  #subject(home: Home, context: Context | PreparedContext): Subject {
    const { attributes } = this.#tables
    if (Prepared.is(context)) return context.in(home, context.read(attributes))
    assertContext(context)
    const subject = home.scratch.isReading ? new Subject(home.artefact, attributes.length) : home.scratch
    subject.read(attributes, context)
    return subject
  }

  /** Does something in the current instance: another engine may have noticed a trap since the last call. */
  #attempt<T>(work: (home: Home) => T): T {
    if (this.#isFree) throw freed()
    return this.#instance.attempt((artefact) => {
      if (this.#home?.artefact !== artefact) {
        this.#home = settle(artefact, new artefact.Engine(this.#snapshot), this.#tables)
      }
      return work(this.#home as Home)
    })
  }
}

function settle(artefact: Artefact, handle: Handle, { attributes }: Tables): Home {
  return { artefact, handle, scratch: new Subject(artefact, attributes.length) }
}

function refuse(flag: string, cause: unknown): Outcome {
  return failure(flag, cause instanceof InvalidContext ? 'INVALID_CONTEXT' : 'GENERAL', messageOf(cause))
}

function freed(): Error {
  return new Error('the engine was freed; load the snapshot again')
}

/** What is no number would be after the beginning of every rule, and never after its end. */
function instant(now: number): number {
  if (Number.isNaN(now)) throw new Error('`now` is no instant; give milliseconds since 1970')
  return now
}
