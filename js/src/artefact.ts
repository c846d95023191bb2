import type { Artefact as ControlArtefact } from '../generated/control.js'
import type { Artefact } from '../generated/engine.js'

export type { Artefact, ControlArtefact }

/** The current instance of one artefact, shared by all that it evaluates. */
export class Instance<T extends Artefact = Artefact> {
  readonly #instantiate: () => T
  #current: T | undefined

  constructor(instantiate: () => T) {
    this.#instantiate = instantiate
    this.#current = instantiate()
  }

  /** Absent after a trap: a new one is made when it is needed, because now might be too early. */
  get current(): T | undefined {
    return this.#current
  }

  /** Does something in the current instance; if it traps, once more in a new one. */
  attempt<R>(work: (artefact: T) => R): R {
    try {
      return this.#try(work)
    } catch (cause) {
      if (!isTrap(cause)) throw cause
      return this.#try(work)
    }
  }

  /** Gives up an instance that trapped. Whoever notices second finds another in place. */
  abandon(artefact: T): void {
    if (this.#current === artefact) this.#current = undefined
  }

  #try<R>(work: (artefact: T) => R): R {
    this.#current ??= this.#instantiate()
    const artefact = this.#current
    try {
      return work(artefact)
    } catch (cause) {
      if (isTrap(cause)) this.abandon(artefact)
      throw cause
    }
  }
}

/** A trap, or a stack that ran out, which browsers name in two ways: either leaves an instance in the middle of things. */
export function isTrap(cause: unknown): boolean {
  if (cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) return true
  return cause instanceof Error && cause.name === 'InternalError'
}

/** Does something once, and again only if it failed: a lost network must not be lost for ever. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work().catch((cause: unknown) => {
      result = undefined
      throw cause
    })
    return result
  }
}
