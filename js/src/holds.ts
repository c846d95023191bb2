import { type Answers, stabilityOf } from './answers.js'
import type { Kept } from './kept.js'
import { freeze } from './outcome.js'
import type { Outcome } from './types.js'

/** What is given of a flag, until something newer is. */
export interface Given {
  readonly outcome: Outcome
  readonly revision: number
  /** The answers that were asked for it last. */
  of: Answers | undefined
  /** It may be another at the next read, because a rule begins or ends. */
  isTimed: boolean
  isExposed: boolean
}

interface HeldRecord {
  readonly units: string
  readonly held: Readonly<Record<string, Pick<Given, 'outcome' | 'revision'>>>
}

/** Keeps what was given to a visitor, as long as the flag says: the page's time, or the session's. */
export class Holds {
  readonly #session: Kept
  #units: string
  #held = new Map<string, Given>()
  #isWriting = false

  /** Goes on with the session, where it was of the same visitor. */
  constructor(session: Kept, units: string) {
    this.#session = session
    this.#units = units
    try {
      const { units: whose, held } = session.read<HeldRecord>(':held') as HeldRecord
      if (whose !== units) {
        // It is let go: it must not be there when that visitor comes back.
        this.#write()
        return
      }
      for (const [flag, { outcome, revision }] of Object.entries(held)) {
        const given = {
          outcome: freeze({ ...outcome, flag }),
          revision,
          of: undefined,
          isTimed: false,
          isExposed: false,
        }
        if (outcome.value != null) this.#held.set(flag, given)
      }
    } catch {
      // There was none, or nobody can read it.
    }
  }

  /** What is held of a flag whose newest outcome this is. That it is off or killed is told at once. */
  held(outcome: Outcome): Given | undefined {
    const isFree = outcome.reason === 'DISABLED' || outcome.stability === 'live'
    return isFree ? undefined : this.#held.get(outcome.flag)
  }

  /** What is given where this is the newest, which is kept from now on. */
  hold(fresh: Given): Given {
    const { outcome } = fresh
    const held = this.held(outcome)
    if (held || outcome.reason === 'ERROR') return held ?? fresh
    const stability = stabilityOf(outcome)
    if (stability === 'live') this.#held.delete(outcome.flag)
    else {
      fresh.isTimed = false
      this.#held.set(outcome.flag, fresh)
      if (stability === 'session') this.#write()
    }
    return fresh
  }

  /** Nothing of one visitor is given to another. */
  move(units: string): void {
    if (units === this.#units) return
    this.#units = units
    this.#held = new Map()
    this.#write()
  }

  /** What is held together is written together. */
  #write(): void {
    if (this.#isWriting) return
    this.#isWriting = true
    queueMicrotask(() => {
      this.#isWriting = false
      const lasting = [...this.#held.values()].filter(({ outcome }) => outcome.stability === 'session')
      const held = lasting.map(({ outcome, revision }) => [outcome.flag, { outcome, revision }])
      this.#session.write(':held', { units: this.#units, held: Object.fromEntries(held) })
    })
  }
}
