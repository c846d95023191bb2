import type { Home } from './home.js'
import type { ErrorCode, Outcome, Reason, Value } from './types.js'

/** The engine's reasons and arms, at the position of their codes. */
const REASONS: readonly Reason[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'CACHED', 'DISABLED', 'ERROR']
const ARMS = [undefined, 'treated', 'control', 'outside'] as const
const KEEP = 1 << 29
const NO_FLAG = 0xffff_ffff
/** In place of a settled outcome: the flag has to be evaluated, and this one depends on the instant. */
export const TIMED = -2

/** What texts the engine has. */
const ENVIRONMENT = 0
const KEYS = 2
const VARIANT = 3
const VALUE = 4
const RULE = 5

const encoder = new TextEncoder()

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
    this.settled = home.exports.engine_settled(home.handle.__wbg_ptr, index)
  }

  /** The outcome for what the engine returned: the same object each time. */
  outcome(home: Home, packed: number): Outcome {
    let known = this.#known[packed & 0xffff]
    while (known !== undefined && known.packed !== packed) known = known.next
    return known === undefined ? this.#name(home, packed) : known.outcome
  }

  /** The names of its variants, at their indices. */
  variants(home: Home): readonly string[] {
    if (this.#variants === undefined) {
      const names = Array.from({ length: home.exports.engine_variants(home.handle.__wbg_ptr, this.index) }, (_, at) =>
        home.text(VARIANT, this.index, at),
      )
      this.#variants = Object.freeze(names)
    }
    return this.#variants
  }

  #name(home: Home, packed: number): Outcome {
    const outcome = this.#read(home, packed)
    const variant = packed & 0xffff
    this.#known[variant] = { packed, outcome, next: this.#known[variant] }
    return outcome
  }

  #read(home: Home, packed: number): Outcome {
    const { key, index } = this
    const reason = REASONS[(packed >>> 24) & 7]
    if (reason === undefined || reason === 'ERROR') return unreadable(key)
    const at = packed & 0xffff
    const value = decode(home.text(VALUE, index, at))
    if (value === undefined) return unreadable(key)
    const rule = (packed >>> 16) & 0xff
    const arm = ARMS[(packed >>> 27) & 3]
    return Object.freeze({
      flag: key,
      value,
      variant: home.text(VARIANT, index, at),
      reason,
      ...(rule > 0 && { rule: home.text(RULE, index, rule - 1) }),
      ...(arm && { arm }),
      ...(packed & KEEP && { sticky: true as const }),
    })
  }
}

/** What JavaScript knows of a snapshot: little at first, and of each flag more when it is asked for. */
export class Names {
  readonly environment: string
  readonly revision: number
  /** How many flags there are. */
  readonly size: number
  readonly #entries = new Map<string, Entry>()
  #lines: string | undefined
  #keys: readonly string[] | undefined
  #all: readonly Entry[] | undefined

  constructor(home: Home) {
    this.environment = home.text(ENVIRONMENT, 0, 0)
    this.revision = home.exports.engine_revision(home.handle.__wbg_ptr)
    this.size = home.exports.engine_size(home.handle.__wbg_ptr)
  }

  /** Returns a flag that was asked for before. */
  known(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  /** Returns a flag, or nothing where there is none of that key. */
  entry(home: Home, key: string): Entry | undefined {
    const known = this.#entries.get(key)
    if (known !== undefined || typeof key !== 'string') return known
    const index = home.handle.find(encoder.encode(key))
    return index === NO_FLAG ? undefined : this.#add(new Entry(home, key, index))
  }

  /** Returns all flags, in the order of their keys. */
  all(home: Home): readonly Entry[] {
    this.#all ??= this.keys(home).map((key, index) => this.#entries.get(key) ?? this.#add(new Entry(home, key, index)))
    return this.#all
  }

  /** Returns the keys of all flags. The engine may be gone, where `remember` was called before. */
  keys(home?: Home): readonly string[] {
    if (this.#keys === undefined) {
      if (home !== undefined) this.remember(home)
      if (this.#lines === undefined) return []
      // It is given away, and flags are told apart by it.
      this.#keys = Object.freeze(this.#lines.split('\n').slice(0, -1))
      this.#lines = undefined
    }
    return this.#keys
  }

  /** Keeps the keys, for when the engine is gone. */
  remember(home: Home): void {
    if (this.#keys === undefined) this.#lines = home.text(KEYS, 0, 0)
  }

  #add(entry: Entry): Entry {
    this.#entries.set(entry.key, entry)
    return entry
  }
}

function decode(text: string): Value | undefined {
  try {
    return freeze(JSON.parse(text) as Value)
  } catch {
    return undefined
  }
}

/** One value is given to everybody who asks, so that nobody may change it. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}

function unreadable(flag: string): Outcome {
  const message = 'this version of fader cannot understand the flag; validate the definition, or update fader'
  return failure(flag, 'PARSE_ERROR', message)
}

/** The outcome that says that there is no answer. */
export function failure(flag: string, errorCode: ErrorCode, errorMessage: string): Outcome {
  return Object.freeze({ flag, value: null, variant: null, reason: 'ERROR', errorCode, errorMessage })
}
