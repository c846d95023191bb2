import { entriesOf, type Span } from '../revision/json-scan.ts'
import { locate } from '../revision/json-text.ts'

/** What operations and authority must know of a flag. It stands in a definition without issues, so it is not checked. */
export interface FlagContent {
  readonly owner?: string
  readonly reveal?: string
  readonly state?: 'on' | 'off' | 'killed'
  readonly variants: Readonly<Record<string, unknown>>
  readonly overrides?: Readonly<Record<string, readonly (string | number)[]>>
  readonly rules?: readonly { readonly id?: string; readonly traffic?: number }[]
  readonly ramp?: Ramp
}

export interface Ramp {
  readonly stages: readonly { readonly percent?: number }[]
  readonly stage?: number
}

/** A flag in the text of a definition. */
export interface FlagText {
  readonly key: string
  readonly span: Span
  readonly text: string
  readonly content: FlagContent
}

/** Finds a flag without reading the others. */
export function findFlag(definition: string, key: string): FlagText | undefined {
  const span = locate(definition, ['flags', key])
  if (span === undefined) return undefined
  const text = definition.slice(span.start, span.end)
  return { key, span, text, content: JSON.parse(text) as FlagContent }
}

/** The keys of all flags, in the order of the text. */
export function flagKeys(definition: string): string[] {
  const flags = locate(definition, ['flags'])
  return flags === undefined ? [] : Array.from(entriesOf(definition, flags), ({ key }) => String(key))
}

/** A definition of one flag alone: two of them differ in what an operation does, and in nothing else. */
export function definitionOf(key: string, flag: string): string {
  return `{"format":1,"environment":"production","flags":{${JSON.stringify(key)}:${flag}}}`
}
