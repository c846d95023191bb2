import type { Artefact as ControlArtefact } from '../generated/control.js'
import type { Artefact } from '../generated/engine.js'

export type { Artefact, ControlArtefact }

/** What has memory of an instance, and can give it back more than once. */
export interface Held {
  free(): void
}

/** The current instance of one artefact, shared by all that it evaluates. */
export class Instance<T extends Artefact = Artefact> {
  readonly #instantiate: () => T
  /** Gives back what nobody freed, on platforms that tell of it. */
  readonly #registry = globalThis.FinalizationRegistry && new FinalizationRegistry<Held>((held) => held.free())
  /** Absent after a trap: a new one is made when it is needed, because before that might be too early. */
  #current: T | undefined

  constructor(instantiate: () => T) {
    this.#instantiate = instantiate
    this.#current = instantiate()
  }

  get current(): T {
    this.#current ??= this.#instantiate()
    return this.#current
  }

  /** Does something in the current instance; if it traps, once more in a new one. */
  attempt<R>(work: (artefact: T) => R): R {
    for (let isAgain = false; ; isAgain = true) {
      try {
        return work(this.current)
      } catch (cause) {
        if (!this.isLost(cause) || isAgain) throw cause
      }
    }
  }

  /** Returns whether an error is a trap, and gives the instance up then: it is in the middle of things. */
  isLost(cause: unknown): boolean {
    // Also where the stack ran out, which browsers name in two ways.
    const isTrap = /^(Runtime|Range|Internal)Error$/.test((cause as Error).name)
    if (isTrap) this.#current = undefined
    return isTrap
  }

  /** Frees what an owner holds, once the owner is collected. */
  whenCollected(owner: object, held: Held): void {
    this.#registry?.register(owner, held)
  }
}

/** Gives memory back. An instance that trapped may trap again, but its memory goes with it anyway. */
export function quietly(free: () => void): void {
  try {
    free()
  } catch {
    // There is nothing left to give back.
  }
}
