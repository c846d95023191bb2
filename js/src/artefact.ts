import type { Artefact as ControlArtefact } from '../generated/control.js'
import type { Artefact } from '../generated/engine.js'

export type { Artefact, ControlArtefact }

/** The current instance of one artefact, shared by all that it evaluates. */
export interface Instance<T extends Artefact = Artefact> {
  /** Does something in the current instance; if it traps, once more in a new one. */
  attempt<R>(work: (artefact: T) => R): R
}

/** Holds an instance of a compiled module. */
export function hold<T extends Artefact>(instantiate: () => T): Instance<T> {
  let current: T | undefined = instantiate()
  const attempt = <R>(work: (artefact: T) => R): R => {
    current ??= instantiate()
    const artefact = current
    try {
      return work(artefact)
    } catch (cause) {
      // Whoever notices second finds a new instance in place. It is made when it is needed: now might be too early.
      if (isTrap(cause) && current === artefact) current = undefined
      throw cause
    }
  }
  return {
    attempt(work) {
      try {
        return attempt(work)
      } catch (cause) {
        if (!isTrap(cause)) throw cause
        return attempt(work)
      }
    },
  }
}

/** A trap, or a stack that ran out, which browsers name in two ways: either leaves an instance in the middle of things. */
function isTrap(cause: unknown): boolean {
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
