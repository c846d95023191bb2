import { instantiate } from '../generated/control.js'
import { type ControlArtefact, Instance, quietly } from './artefact.js'
import { type Attribute, InvalidContext, readAll, type Seen } from './attribute.js'
import { type Explainer, WasmEngine } from './engine.js'
import { Home } from './home.js'
import { failure } from './outcome.js'
import { contextOf } from './seen.js'
import type {
  Change,
  CheckOptions,
  Compiled,
  CompiledAll,
  Context,
  Control,
  Engine,
  Explanation,
  Finding,
  Issue,
  Projection,
} from './types.js'

type Read = InstanceType<ControlArtefact['Definition']>

/** Reads, compiles, compares and explains definitions in WebAssembly. */
export class WasmControl implements Control, Explainer {
  readonly #instance: Instance<ControlArtefact>

  constructor(instance: Instance<ControlArtefact>) {
    this.#instance = instance
  }

  validate(definition: string): Issue[] {
    return this.#read(definition, (read) => JSON.parse(read.issues()) as Issue[])
  }

  compile(definition: string, projection: Projection = 'edge'): Compiled {
    return this.#read(definition, (read) => ({
      issues: JSON.parse(read.issues()) as Issue[],
      snapshot: read.compile(projection),
    }))
  }

  compileAll(definition: string): CompiledAll {
    return this.#read(definition, (read) => {
      const [edge, client] = [read.compile('edge'), read.compile('client')]
      const snapshots = edge === undefined || client === undefined ? undefined : { edge, client }
      return { issues: JSON.parse(read.issues()) as Issue[], snapshots }
    })
  }

  explain(snapshot: Uint8Array, flag: string, context: Context, now: number = Date.now()): Explanation {
    const attributes = this.#attributes(snapshot)
    try {
      return this.explainSeen(snapshot, flag, readAll(attributes, context, []), now)
    } catch (cause) {
      if (!(cause instanceof InvalidContext)) throw cause
      return { ...failure(flag, 'INVALID_CONTEXT', cause.message), steps: [] }
    }
  }

  explainSeen(snapshot: Uint8Array, flag: string, values: readonly Seen[], now: number): Explanation {
    const seen = JSON.stringify(contextOf(this.#attributes(snapshot), values))
    const text = this.#instance.attempt((artefact) => artefact.explain(snapshot, flag, seen, now))
    const explanation = JSON.parse(text) as Explanation
    // An answer that no flag gave has no steps.
    return { ...explanation, steps: explanation.steps ?? [] }
  }

  schema(): object {
    return this.#instance.attempt((artefact) => JSON.parse(artefact.schema()) as object)
  }

  diff(oldDefinition: string, newDefinition: string): Change[] {
    // Both are of one instance, also after a trap.
    const text = this.#instance.attempt((artefact) => {
      const handles = [oldDefinition, newDefinition].map((definition) => new artefact.Definition(definition))
      const [old, later] = handles as [Read, Read]
      try {
        return old.difference(later)
      } finally {
        for (const handle of handles) quietly(() => handle.free())
      }
    })
    return JSON.parse(present(text, 'one of the two texts')) as Change[]
  }

  check(definition: string, { now = Date.now(), read }: CheckOptions = {}): Finding[] {
    const text = this.#read(definition, (known) => known.check(now, read === undefined ? undefined : [...read]))
    return JSON.parse(present(text, 'the text')) as Finding[]
  }

  types(definition: string, projection: Projection = 'edge'): string {
    return present(
      this.#read(definition, (read) => read.types(projection)),
      'the text',
    )
  }

  load(snapshot: Uint8Array): Engine {
    return new WasmEngine(this.#instance, snapshot, async () => this)
  }

  /** The attributes that a snapshot reads, the same as an engine has them. */
  #attributes(snapshot: Uint8Array): readonly Attribute[] {
    return this.#instance.attempt((artefact) => {
      const home = new Home(artefact, snapshot)
      home.free()
      return home.attributes
    })
  }

  #read<T>(definition: string, work: (read: Read) => T): T {
    return this.#instance.attempt((artefact) => {
      const read = new artefact.Definition(definition)
      try {
        return work(read)
      } finally {
        quietly(() => read.free())
      }
    })
  }
}

/** Gives control over an instance of its artefact. */
export function controlOf(module: WebAssembly.Module): WasmControl {
  return new WasmControl(new Instance((): ControlArtefact => instantiate(module)))
}

function present(made: string | undefined, what: string): string {
  if (made === undefined) throw new Error(`${what} is no definition; validate says why`)
  return made
}
