import type { ControlArtefact, Instance } from './artefact.js'
import { InvalidContext, seeAll } from './attribute.js'
import { quietly } from './context.js'
import { WasmEngine } from './engine.js'
import { Home } from './home.js'
import { contextOf } from './seen.js'
import { failure } from './snapshot.js'
import type { Compiled, Context, Control, Engine, Explanation, Issue, Projection } from './types.js'

/** Reads, compiles and explains definitions in WebAssembly. */
export class WasmControl implements Control {
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

  explain(snapshot: Uint8Array, flag: string, context: Context, now: number = Date.now()): Explanation {
    const { attributes } = this.#instance.attempt((artefact) => {
      const home = new Home(artefact, snapshot)
      quietly(() => home.free())
      return home
    })
    try {
      // The same attributes, read in the same way, as an engine has them.
      const seen = JSON.stringify(contextOf(attributes, seeAll(attributes, context)))
      const text = this.#instance.attempt((artefact) => artefact.explain(snapshot, flag, seen, now))
      const explanation = JSON.parse(text) as Explanation
      // An answer that no flag gave has no steps.
      return { ...explanation, steps: explanation.steps ?? [] }
    } catch (cause) {
      if (!(cause instanceof InvalidContext)) throw cause
      return { ...failure(flag, 'INVALID_CONTEXT', cause.message), steps: [] }
    }
  }

  load(snapshot: Uint8Array): Engine {
    return new WasmEngine(this.#instance, snapshot, async () => this)
  }

  #read<T>(definition: string, work: (read: InstanceType<ControlArtefact['Definition']>) => T): T {
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
