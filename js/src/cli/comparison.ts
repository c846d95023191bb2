import { isDeepStrictEqual } from 'node:util'
import type { Context, Engine, ErrorCode, Outcome, Value } from '../types.js'
import type { Piece } from './answer.js'

/** How many lines are named as examples. */
const EXAMPLES = 5

/** What a flag gives a context. */
export interface Given {
  readonly variant: string | null
  readonly value: Value | null
  readonly errorCode?: ErrorCode
}

/** Contexts that got one answer of a flag, and now get another. */
export interface Move {
  readonly flag: string
  readonly from: Given
  readonly to: Given
  contexts: number
  /** The first lines. */
  lines: number[]
}

/** What came of some contexts. */
export interface Tally {
  contexts: number
  /** How many get another answer of at least one flag. */
  changed: number
  /** The first lines of these. */
  lines: number[]
  /** How many lines are no contexts, and the first of these. */
  unreadable: number
  firstUnreadable: number | undefined
  readonly moves: Map<string, Move>
  /** How many contexts get another answer, by flag. */
  readonly flags: Map<string, number>
}

export function emptyTally(): Tally {
  return {
    contexts: 0,
    changed: 0,
    lines: [],
    unreadable: 0,
    firstUnreadable: undefined,
    moves: new Map(),
    flags: new Map(),
  }
}

/** Adds what came of the contexts after those that were counted so far. */
export function add(sum: Tally, more: Tally): void {
  sum.contexts += more.contexts
  sum.changed += more.changed
  sum.unreadable += more.unreadable
  sum.firstUnreadable ??= more.firstUnreadable
  sum.lines = first([...sum.lines, ...more.lines])
  for (const [flag, contexts] of more.flags) sum.flags.set(flag, (sum.flags.get(flag) ?? 0) + contexts)
  for (const [key, move] of more.moves) {
    const known = sum.moves.get(key)
    if (known === undefined) {
      sum.moves.set(key, move)
      continue
    }
    known.contexts += move.contexts
    known.lines = first([...known.lines, ...move.lines])
  }
}

const first = (lines: number[]) => lines.slice(0, EXAMPLES)

/** What was found for two outcomes of one flag: nothing where they are the same answer. */
type Found = { readonly key: string; readonly from: Given; readonly to: Given } | undefined

/** One flag in both engines. */
class Both {
  readonly flag: string
  readonly before: number
  readonly after: number
  /** Outcomes are the same objects each time, so that most need not be looked at. */
  readonly #found = new WeakMap<Outcome, WeakMap<Outcome, { readonly found: Found }>>()

  constructor(flag: string, before: number, after: number) {
    this.flag = flag
    this.before = before
    this.after = after
  }

  find(old: Outcome, later: Outcome): Found {
    let known = this.#found.get(old)
    if (known === undefined) {
      known = new WeakMap()
      this.#found.set(old, known)
    }
    let entry = known.get(later)
    if (entry === undefined) {
      entry = { found: this.#compare(given(old), given(later)) }
      known.set(later, entry)
    }
    return entry.found
  }

  #compare(from: Given, to: Given): Found {
    return isDeepStrictEqual(from, to) ? undefined : { key: JSON.stringify([this.flag, from, to]), from, to }
  }
}

/** Refusals of the same kind are the same answer, whatever they say. */
function given({ variant, value, errorCode }: Outcome): Given {
  return errorCode === undefined ? { variant, value } : { variant, value, errorCode }
}

/** Evaluates contexts under two definitions at one instant, and counts those whose answers differ. */
export class Comparison {
  readonly #old: Engine
  readonly #later: Engine
  readonly #now: number
  readonly #flags: readonly Both[]

  /** Only flags that both have are compared. */
  constructor(old: Engine, later: Engine, now: number) {
    this.#old = old
    this.#later = later
    this.#now = now
    const places = new Map(later.flags.map((flag, at) => [flag, at]))
    this.#flags = old.flags.flatMap((flag, before) => {
      const after = places.get(flag)
      return after === undefined ? [] : [new Both(flag, before, after)]
    })
  }

  /** Counts whole lines, each of which is a context. */
  of({ bytes, first }: Piece): Tally {
    const lines = new TextDecoder('utf-8', { ignoreBOM: first > 1 }).decode(bytes).split('\n')
    if (lines.at(-1) === '') lines.pop()
    const tally = emptyTally()
    for (const [at, line] of lines.entries()) this.#count(line, first + at, tally)
    return tally
  }

  #count(text: string, line: number, tally: Tally): void {
    const context = parse(text)
    if (context === undefined) {
      tally.unreadable += 1
      tally.firstUnreadable ??= line
      return
    }
    tally.contexts += 1
    const before = this.#old.evaluateAll(context, this.#now)
    const after = this.#later.evaluateAll(context, this.#now)
    let isChanged = false
    for (const both of this.#flags) {
      const found = both.find(before[both.before] as Outcome, after[both.after] as Outcome)
      if (found === undefined) continue
      isChanged = true
      note(tally, both.flag, found, line)
    }
    if (!isChanged) return
    tally.changed += 1
    if (tally.lines.length < EXAMPLES) tally.lines.push(line)
  }
}

function note(tally: Tally, flag: string, { key, from, to }: NonNullable<Found>, line: number): void {
  tally.flags.set(flag, (tally.flags.get(flag) ?? 0) + 1)
  let move = tally.moves.get(key)
  if (move === undefined) {
    move = { flag, from, to, contexts: 0, lines: [] }
    tally.moves.set(key, move)
  }
  move.contexts += 1
  if (move.lines.length < EXAMPLES) move.lines.push(line)
}

const requests = new Set(['flag', 'context', 'now'])

/** Returns the context of a line: the object itself, or the context in a line of a batch. */
function parse(text: string): Context | undefined {
  let context: unknown
  try {
    context = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(context)) return undefined
  const isRequest = isObject(context.context) && Object.keys(context).every((name) => requests.has(name))
  return isRequest ? (context.context as Context) : context
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
