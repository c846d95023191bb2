import type { Context, Engine, Outcome } from 'fader'

/** A case: for this flag and this context, this comes out. */
export interface GoldenCase {
  readonly case: string
  readonly flag: string
  readonly context: unknown
  /** Milliseconds, or a time in RFC 3339. */
  readonly now?: number | string
  readonly expect: Readonly<Record<string, unknown>>
}

/** A file of `tests/cases`. The same files are run by Rust, Node, workerd and browsers. */
export interface GoldenFile {
  readonly about: string
  readonly definition: unknown
  readonly cases: readonly GoldenCase[]
}

/** The instant of cases that name none. The same in the Rust runner. */
const NOW = 1_795_000_000_000

const COMPARED = ['value', 'variant', 'reason', 'rule', 'arm', 'sticky', 'stability', 'errorCode'] as const

/** Gives the text of the definition that the cases are about, and throws when it could not be given faithfully. */
export function definitionOf(file: GoldenFile): string {
  refuseMovedKeys(file.definition)
  return JSON.stringify(file.definition)
}

/**
 * Runs every case in each way in which an engine can be asked, and returns what is not as expected, one line for each.
 *
 * `engine` must have been loaded from the definition of this file.
 */
export function check(engine: Engine, file: GoldenFile): string[] {
  return file.cases.flatMap((golden) => {
    const now = instantOf(golden)
    return outcomes(engine, golden, now).flatMap(([how, outcome]) =>
      differences(`${golden.case} (${how})`, golden, outcome),
    )
  })
}

/** The instant of a case. */
export function instantOf({ now = NOW, case: name }: GoldenCase): number {
  const instant = typeof now === 'number' ? now : Date.parse(now)
  if (Number.isNaN(instant)) throw new Error(`${name}: ${now} is no time`)
  return instant
}

/** What differs between an outcome and what the case expects. What it does not name must be absent. */
export function differences(name: string, { expect, flag }: GoldenCase, outcome: Outcome | undefined): string[] {
  if (outcome === undefined) return [`${name}: there is no outcome`]
  const wrong = COMPARED.filter((part) => !isSame(outcome[part] ?? null, expect[part] ?? null)).map(
    (part) => `${name}: ${part} is ${JSON.stringify(outcome[part])}, and not ${JSON.stringify(expect[part])}`,
  )
  return outcome.flag === flag ? wrong : [...wrong, `${name}: the outcome is of ${outcome.flag}`]
}

function outcomes(engine: Engine, golden: GoldenCase, now: number): [string, Outcome | undefined][] {
  // Some cases are about contexts that the type does not allow.
  const context = golden.context as Context
  const alone = engine.evaluate(golden.flag, context, now)
  if (!engine.flags.includes(golden.flag)) return [['alone', alone]]

  const prepared = engine.prepare(context)
  const again = engine.evaluate(golden.flag, prepared, now)
  const all = engine.evaluateAll(prepared, now)
  prepared.free()
  return [
    ['alone', alone],
    ['prepared', again],
    ['prepared, among all', all.find(({ flag }) => flag === golden.flag)],
    ['among all', engine.evaluateAll(context, now).find(({ flag }) => flag === golden.flag)],
  ]
}

/** JavaScript moves keys that look like integers before all others, and the order of a split matters. */
function refuseMovedKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const keys = Array.isArray(value) ? [] : Object.keys(value)
  if (keys.length > 1 && keys.some((key) => /^(0|[1-9]\d*)$/.test(key))) {
    throw new Error(`the order of ${keys.join(', ')} does not survive JSON.parse; name them otherwise`)
  }
  for (const inner of Object.values(value)) refuseMovedKeys(inner)
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSame(at(left, key), at(right, key)))
}

const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
