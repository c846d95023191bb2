import type { ControlArtefact, Instance } from './artefact.js'
import { WasmEngine } from './engine.js'
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
    const text = this.#attempt((artefact) => artefact.explain(snapshot, flag, JSON.stringify(context ?? null), now))
    const explanation = JSON.parse(text) as Explanation
    // An answer that no flag gave has no steps.
    return { ...explanation, steps: explanation.steps ?? [] }
  }

  load(snapshot: Uint8Array): Engine {
    return new WasmEngine(this.#instance, snapshot, async () => this)
  }

  #read<T>(definition: string, work: (read: InstanceType<ControlArtefact['Definition']>) => T): T {
    return this.#attempt((artefact) => {
      const read = new artefact.Definition(definition)
      try {
        return work(read)
      } finally {
        read.free()
      }
    })
  }

  /** A definition that traps must not keep the next one from being read. */
  #attempt<T>(work: (artefact: ControlArtefact) => T): T {
    const artefact = this.#instance.current
    try {
      return work(artefact)
    } catch (cause) {
      if (cause instanceof WebAssembly.RuntimeError) this.#instance.replace(artefact)
      throw cause
    }
  }
}
