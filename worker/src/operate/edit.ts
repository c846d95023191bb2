import { entriesOf } from '../revision/json-scan.ts'
import { locate, remove, set } from '../revision/json-text.ts'
import type { FlagText } from './flag-text.ts'
import type { FlagOperation } from './operation.ts'

/** What an operation makes of the text of a flag. */
export type Edited =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'not-there'; readonly detail: string }

/** The operations by their kinds. */
type Edits = {
  readonly [Kind in FlagOperation['kind']]: (
    flag: FlagText,
    operation: Extract<FlagOperation, { kind: Kind }>,
    now: number,
  ) => Edited
}

const edits: Edits = {
  kill: (flag) => setState(flag, 'killed'),
  state: (flag, { state }) => setState(flag, state),
  override,
  stage,
  traffic,
}

/** Does an operation to the text of a flag, and leaves every other character of it as its author wrote it. */
export function edit(flag: FlagText, operation: FlagOperation, now: number): Edited {
  // The entry of its own kind takes each operation: the compiler knows it of each kind, but not of all of them at once.
  const change = edits[operation.kind] as (flag: FlagText, operation: FlagOperation, now: number) => Edited
  return change(flag, operation, now)
}

function setState({ text, content }: FlagText, state: 'on' | 'off' | 'killed'): Edited {
  if ((content.state ?? 'on') === state) return { kind: 'unchanged' }
  return { kind: 'edited', text: set(text, ['state'], state) }
}

function override(
  { key, text, content }: FlagText,
  { unit, variant }: { readonly unit: string; readonly variant: string | null },
): Edited {
  const { overrides = {}, variants } = content
  if (variant !== null && !Object.hasOwn(variants, variant)) {
    return notThere(`The flag ${quote(key)} has no variant ${quote(variant)}; it has ${list(Object.keys(variants))}.`)
  }
  let edited = text
  for (const [name, units] of Object.entries(overrides)) {
    if (name !== variant) edited = takeOut(edited, name, { units, unit })
  }
  const target = variant !== null && Object.hasOwn(overrides, variant) ? (overrides[variant] ?? []) : []
  if (variant !== null && !target.some((other) => String(other) === unit)) {
    edited = set(edited, ['overrides', variant, target.length], unit)
  }
  return edited === text ? { kind: 'unchanged' } : { kind: 'edited', text: edited }
}

/** Takes a unit out of the list of a variant, and a list or an object of lists with it that then has nothing more. */
function takeOut(
  text: string,
  variant: string,
  { units, unit }: { units: readonly (string | number)[]; unit: string },
): string {
  const places = units.flatMap((other, index) => (String(other) === unit ? [index] : []))
  if (places.length === 0) return text
  if (places.length < units.length) {
    return places.reduceRight((shorter, index) => remove(shorter, ['overrides', variant, index]), text)
  }
  const without = remove(text, ['overrides', variant])
  const lists = locate(without, ['overrides'])
  const isEmpty = lists !== undefined && entriesOf(without, lists).next().done
  return isEmpty ? remove(without, ['overrides']) : without
}

function stage({ key, text, content: { ramp } }: FlagText, operation: { readonly stage: number }, now: number): Edited {
  if (ramp === undefined) return notThere(`The flag ${quote(key)} has no ramp.`)
  const last = ramp.stages.length - 1
  if (operation.stage > last) {
    return notThere(`The ramp of ${quote(key)} has no stage ${operation.stage}; it has those from 0 to ${last}.`)
  }
  if (ramp.stage === operation.stage) return { kind: 'unchanged' }
  const staged = set(text, ['ramp', 'stage'], operation.stage)
  return { kind: 'edited', text: set(staged, ['ramp', 'since'], new Date(now).toISOString()) }
}

function traffic(
  { key, text, content: { rules = [] } }: FlagText,
  operation: { readonly rule: string; readonly traffic: number },
): Edited {
  const ids = rules.map(({ id }, index) => id ?? `rule-${index + 1}`)
  const named = ids.indexOf(operation.rule)
  const at =
    named >= 0 ? named : rules.findIndex(({ id }, index) => id === undefined && `${index + 1}` === operation.rule)
  const rule = rules[at]
  if (rule === undefined) {
    const there = ids.length === 0 ? 'it has none' : `it has ${list(ids)}`
    return notThere(`The flag ${quote(key)} has no rule ${quote(operation.rule)}; ${there}.`)
  }
  if (rule.traffic === operation.traffic) return { kind: 'unchanged' }
  return { kind: 'edited', text: set(text, ['rules', at, 'traffic'], operation.traffic) }
}

function notThere(detail: string): Edited {
  return { kind: 'not-there', detail }
}

/** More names than these help nobody who mistyped one. */
const NAMES_LISTED = 20

/** Names as a sentence lists them. */
export function list(names: readonly string[]): string {
  const more = names.length - NAMES_LISTED
  const shown = names.slice(0, NAMES_LISTED).map(quote).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

export function quote(name: string): string {
  return `\`${name}\``
}
