import type { Artefact, Instance } from './artefact.js'
import { isContext, Subject, toJson } from './context.js'
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

/** A context in an engine's memory, and where it came from, should the memory be lost. */
class Prepared implements PreparedContext {
  readonly context: Context
  home: Home | undefined
  subject: Subject | undefined

  constructor(context: Context) {
    this.context = context
  }

  free(): void {
    this.subject?.free()
    this.subject = undefined
    this.home = undefined
  }
}

function given(context: Context | PreparedContext): unknown {
  return context instanceof Prepared ? context.context : context
}

/** The context has more bytes than one may have. */
class TooLarge extends Error {
  constructor() {
    super('the attributes that the rules read have more than 65536 bytes; shorten them')
  }
}

const NO_OBJECT = 'the context is no object; give one, such as { userId: "u-1" }'

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
    const { artefact, handle } = open(instance, this.#snapshot)
    this.#tables = new Tables(handle)
    this.#home = { artefact, handle, scratch: new Subject(artefact, this.#tables.attributes.length) }
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
    return new Prepared(context)
  }

  evaluate(flag: string, context: Context | PreparedContext, now: number = Date.now()): Outcome {
    const index = this.#tables.index(flag)
    if (index === undefined) return failure(flag, 'FLAG_NOT_FOUND', `there is no flag \`${flag}\` in this snapshot`)
    if (!isContext(given(context))) return failure(flag, 'INVALID_CONTEXT', NO_OBJECT)
    const settled = this.#tables.settled(index)
    if (settled !== undefined) return this.#tables.outcome(index, settled)
    try {
      const packed = this.#attempt((home) => {
        const { handle } = this.#subject(home, context)
        return home.handle.evaluate(handle, index, now)
      })
      return this.#tables.outcome(index, packed)
    } catch (cause) {
      return refuse(flag, cause)
    }
  }

  evaluateAll(context: Context | PreparedContext, now: number = Date.now()): Outcome[] {
    const { keys } = this.#tables
    if (!isContext(given(context))) return keys.map((flag) => failure(flag, 'INVALID_CONTEXT', NO_OBJECT))
    try {
      return this.#attempt((home) => {
        const { handle } = this.#subject(home, context)
        const address = home.handle.evaluateAll(handle, now)
        const packed = new Uint32Array(home.artefact.memory.buffer, address, keys.length)
        return Array.from(packed, (outcome, index) => this.#tables.outcome(index, outcome))
      })
    } catch (cause) {
      return keys.map((flag) => refuse(flag, cause))
    }
  }

  async explain(flag: string, context: Context, now: number = Date.now()): Promise<Explanation> {
    try {
      const control = await this.#loadControl()
      const seen = JSON.parse(toJson(this.#tables.attributes, context)) as Context
      return control.explain(this.#snapshot, flag, seen, now)
    } catch (cause) {
      return { ...refuse(flag, cause), steps: [] }
    }
  }

  free(): void {
    this.#isFree = true
    const home = this.#home
    this.#home = undefined
    home?.scratch.free()
    home?.handle.free()
  }

  /** Returns the memory that holds the context, written now or before. */
  #subject(home: Home, context: Context | PreparedContext): Subject {
    if (!(context instanceof Prepared)) {
      this.#write(home.scratch, context as Context)
      return home.scratch
    }
    if (context.home !== home || context.subject === undefined) {
      const subject = new Subject(home.artefact, this.#tables.attributes.length)
      this.#write(subject, context.context)
      context.subject = subject
      context.home = home
    }
    return context.subject
  }

  #write(subject: Subject, context: Context): void {
    if (!subject.write(this.#tables.attributes, context)) throw new TooLarge()
    subject.handle.forget()
  }

  /** Does something in the instance; if it traps, once more in a new one. */
  #attempt<T>(work: (home: Home) => T): T {
    const home = this.#settle()
    try {
      return work(home)
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError)) throw cause
      this.#instance.replace(home.artefact)
      return work(this.#settle())
    }
  }

  /** Returns the engine's home in the current instance: another engine may have noticed a trap since the last call. */
  #settle(): Home {
    if (this.#isFree) throw new Error('the engine was freed; load the snapshot again')
    if (this.#home?.artefact !== this.#instance.current) {
      const { artefact, handle } = open(this.#instance, this.#snapshot)
      this.#home = { artefact, handle, scratch: new Subject(artefact, this.#tables.attributes.length) }
    }
    return this.#home as Home
  }
}

/** Loads a snapshot into the current instance. One that traps there may be met by an instance that trapped before. */
function open(instance: Instance, snapshot: Uint8Array): { artefact: Artefact; handle: Handle } {
  const artefact = instance.current
  try {
    return { artefact, handle: new artefact.Engine(snapshot) }
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause
    instance.replace(artefact)
    return { artefact: instance.current, handle: new instance.current.Engine(snapshot) }
  }
}

function refuse(flag: string, cause: unknown): Outcome {
  const message = cause instanceof Error ? cause.message : String(cause)
  return failure(flag, cause instanceof TooLarge ? 'INVALID_CONTEXT' : 'GENERAL', message)
}
