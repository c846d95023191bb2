import type { Home } from './home.js'
import { failure, freeze } from './outcome.js'
import type { Outcome, Reason, Value } from './types.js'

/** The engine's reasons and arms, at the position of their codes. */
const REASONS: readonly Reason[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'CACHED', 'DISABLED']
const ARMS = [undefined, 'treated', 'control', 'outside'] as const
/** The engine's stabilities likewise; an outcome does not say `page`, which most flags are. */
const STABILITIES = [undefined, 'live', 'session'] as const
const KEEP = 1 << 29
/** In place of a settled outcome: the flag has to be evaluated, and this one depends on the instant. */
export const TIMED = -2

/** What numbers and texts an engine has: the codes of the crate's `engine` module. */
const VARIANTS = 4
const STABILITY = 5
const VARIANT = 3
const VALUE = 4
const RULE = 5

/** An outcome of a flag, and another that gives the same variant. */
interface Known {
  readonly packed: number
  readonly outcome: Outcome
  readonly next: Known | undefined
}

/** A flag that was asked for. An evaluation gives integers, and what they mean is asked of the engine once. */
export class Entry {
  readonly key: string
  readonly index: number
  /** The packed outcome that holds whatever the context, or a negative number where there is none. */
  readonly settled: number
  /** Each outcome is made once. At the position of its variant, because most variants are given in one way only. */
  readonly #known: (Known | undefined)[] = []
  #variants: readonly string[] | undefined

  constructor(home: Home, key: string, index: number) {
    this.key = key
    this.index = index
    this.settled = home.settled(index)
  }

  /** The outcome for what the engine returned: the same object each time. */
  outcome(home: Home, packed: number): Outcome {
    const variant = packed & 0xffff
    for (let known = this.#known[variant]; known; known = known.next) {
      if (known.packed === packed) return known.outcome
    }
    const outcome = this.#read(home, packed, variant)
    this.#known[variant] = { packed, outcome, next: this.#known[variant] }
    return outcome
  }

  /** The names of its variants, at their indices. */
  variants(home: Home): readonly string[] {
    this.#variants ??= Object.freeze(
      Array.from({ length: home.number(VARIANTS, this.index) }, (_, at) => home.text(VARIANT, this.index, at)),
    )
    return this.#variants
  }

  #read(home: Home, packed: number, variant: number): Outcome {
    const { key, index } = this
    const reason = REASONS[(packed >>> 24) & 7]
    const value = reason && decode(home.text(VALUE, index, variant))
    if (value === undefined) {
      const message = 'this version of fader cannot understand the flag; validate the definition, or update fader'
      return failure(key, 'PARSE_ERROR', message)
    }
    const rule = (packed >>> 16) & 0xff
    const arm = ARMS[(packed >>> 27) & 3]
    const stability = STABILITIES[home.number(STABILITY, index)]
    return Object.freeze({
      flag: key,
      value,
      variant: home.text(VARIANT, index, variant),
      reason: reason as Reason,
      ...(rule && { rule: home.text(RULE, index, rule - 1) }),
      ...(arm && { arm }),
      ...(packed & KEEP && { sticky: true as const }),
      ...(stability && { stability }),
    })
  }
}

function decode(text: string): Value | undefined {
  try {
    return freeze(JSON.parse(text) as Value)
  } catch {
    return undefined
  }
}
