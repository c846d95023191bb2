import type { Artefact as ControlArtefact } from '../generated/control.js'
import type { Artefact } from '../generated/engine.js'

export type { Artefact, ControlArtefact }

/** The current instance of one artefact, shared by all that it evaluates. */
export interface Instance<T extends Artefact = Artefact> {
  readonly current: T
  /** Makes a new instance in place of one that trapped. */
  replace(trapped: T): void
}

/** Holds an instance of a compiled module. */
export function hold<T extends Artefact>(instantiate: () => T): Instance<T> {
  let current = instantiate()
  return {
    get current() {
      return current
    },
    replace(trapped) {
      // Whoever notices second finds the new instance in place.
      if (current === trapped) current = instantiate()
    },
  }
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
