import type { Artefact } from './artefact.js'
import { Attribute } from './context.js'
import type { ErrorCode, Outcome, Reason, Value } from './types.js'

/** The engine's reasons, at the position of their codes. */
const REASONS: readonly Reason[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'CACHED', 'DISABLED', 'ERROR']
const FLAG_WORDS = 5
const UNSETTLED = 0xffff_ffff
/** Set beside a flag's type when one of its rules holds at some times only. */
const TIMED = 0x100

/** The names and values of a snapshot: an evaluation gives integers, and they are looked up here. */
export class Tables {
  readonly environment: string
  readonly revision: number
  readonly keys: readonly string[]
  readonly attributes: readonly Attribute[]
  readonly #indices: ReadonlyMap<string, number>
  readonly #texts: string
  readonly #ends: Uint32Array
  readonly #flags: Uint32Array
  readonly #variants: Uint32Array
  readonly #rules: Uint32Array
  /** Each outcome is made once: by flag, then by what the engine returned. */
  readonly #outcomes: (Map<number, Outcome> | undefined)[]
  /** What each flag gave last. */
  readonly #packed: Uint32Array
  readonly #last: (Outcome | undefined)[]

  constructor(handle: InstanceType<Artefact['Engine']>) {
    this.environment = handle.environment()
    this.revision = handle.revision()
    this.#texts = handle.texts()
    this.#ends = handle.textEnds()
    this.#flags = handle.flags()
    this.#variants = handle.variants()
    this.#rules = handle.rules()
    this.attributes = Array.from(handle.attributes(), (path) => new Attribute(this.#text(path)))
    const count = this.#flags.length / FLAG_WORDS
    // It is given away, and outcomes are told apart by it.
    this.keys = Object.freeze(Array.from({ length: count }, (_, flag) => this.#text(this.#word(flag, 0))))
    this.#indices = new Map(this.keys.map((key, index) => [key, index]))
    this.#outcomes = new Array(count).fill(undefined)
    this.#packed = new Uint32Array(count)
    this.#last = new Array(count).fill(undefined)
  }

  index(flag: string): number | undefined {
    return this.#indices.get(flag)
  }

  /** The packed outcome that holds whatever the context, where there is one: then nothing needs to be evaluated. */
  settled(flag: number): number | undefined {
    const packed = this.#word(flag, 4)
    return packed === UNSETTLED ? undefined : packed
  }

  /** The instant at which a flag is evaluated if none is given: asking the clock takes longer than most flags do. */
  instant(flag: number): number {
    return this.#word(flag, 1) & TIMED ? Date.now() : 0
  }

  /** The outcome for what the engine returned: the same object each time. */
  outcome(flag: number, packed: number): Outcome {
    // Most callers get what the one before them got.
    if (this.#packed[flag] === packed) {
      const last = this.#last[flag]
      if (last !== undefined) return last
    }
    const outcome = this.#lookUp(flag, packed)
    this.#packed[flag] = packed
    this.#last[flag] = outcome
    return outcome
  }

  /** The outcomes of all flags. */
  outcomes(packed: Uint32Array): Outcome[] {
    const outcomes = new Array<Outcome>(packed.length)
    for (let flag = 0; flag < packed.length; flag++) outcomes[flag] = this.outcome(flag, packed[flag] as number)
    return outcomes
  }

  #lookUp(flag: number, packed: number): Outcome {
    this.#outcomes[flag] ??= new Map()
    const known = this.#outcomes[flag]
    let outcome = known.get(packed)
    if (outcome === undefined) {
      outcome = this.#name(flag, packed)
      known.set(packed, outcome)
    }
    return outcome
  }

  #name(flag: number, packed: number): Outcome {
    const key = this.#text(this.#word(flag, 0))
    const reason = REASONS[packed >>> 24]
    if (reason === undefined || reason === 'ERROR') return unreadable(key)
    const row = 2 * (this.#word(flag, 2) + (packed & 0xffff))
    const value = this.#value(this.#variants[row + 1])
    if (value === undefined) return unreadable(key)
    const variant = this.#text(this.#variants[row])
    const rule = (packed >>> 16) & 0xff
    if (rule === 0) return Object.freeze({ flag: key, value, variant, reason })
    const id = this.#rules[this.#word(flag, 3) + rule - 1]
    return Object.freeze({ flag: key, value, variant, reason, rule: this.#text(id) })
  }

  #value(text: number | undefined): Value | undefined {
    try {
      return freeze(JSON.parse(this.#text(text)) as Value)
    } catch {
      return undefined
    }
  }

  #word(flag: number, column: number): number {
    return this.#flags[flag * FLAG_WORDS + column] ?? 0
  }

  #text(id: number | undefined): string {
    if (id === undefined) return ''
    return this.#texts.slice(id === 0 ? 0 : this.#ends[id - 1], this.#ends[id])
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
