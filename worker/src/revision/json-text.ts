import { type Entry, entriesOf, type Span, skipSpace, whole } from './json-scan.ts'

/*
 * Changes to a JSON text that leave every other character as its author wrote it.
 *
 * Parsing and printing again would not do: it moves keys that look like integers to the front, and the order in which
 * the variants of a split are written decides who gets which.
 */

/** The way to a value: names of members and indices of elements. */
export type Path = readonly (string | number)[]

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Sets members of the outermost object; those that it lacks come first in it, spaced as the author spaced. */
export function stamp(json: string, values: Readonly<Record<string, string | number>>): string {
  const members = [...entriesOf(json, outermostObject(json))]
  const pieces: string[] = []
  let copied = 0
  for (const { key, value } of members) {
    if (!Object.hasOwn(values, key)) continue
    pieces.push(json.slice(copied, value.start), write(values[key] ?? null))
    copied = value.end
  }
  pieces.push(json.slice(copied))
  const present = new Set(members.map(({ key }) => key))
  const missing = Object.entries(values).filter(([key]) => !present.has(key))
  return missing.length === 0 ? pieces.join('') : prepend(pieces.join(''), missing, members.length === 0)
}

/** Where the value at the end of a path stands, or undefined when nothing does. */
export function locate(json: string, path: Path, from: Span = whole(json)): Span | undefined {
  let span = from
  for (const step of path) {
    const entry = entryOf(json, span, step)
    if (entry === undefined) return undefined
    span = entry.value
  }
  return span
}

/**
 * Puts a value at the end of a path: in place of what stands there, or as the last entry of the innermost object or list
 * that there is, inside objects for the rest of the way. An index that is not there puts it at the end of the list.
 */
export function set(json: string, path: Path, value: Json): string {
  const span = locate(json, path)
  if (span !== undefined) return splice(json, span, write(value))
  const last = path.at(-1)
  if (last === undefined) throw new RangeError('a path has a step')
  const parent = path.slice(0, -1)
  const container = locate(json, parent)
  if (container === undefined) return set(json, parent, typeof last === 'number' ? [value] : { [last]: value })
  return append(json, container, typeof last === 'number' ? write(value) : `${write(last)}: ${write(value)}`)
}

/** Takes out what stands at the end of a path, and the comma that it leaves. Nothing there: nothing to do. */
export function remove(json: string, path: Path): string {
  const last = path.at(-1)
  const container = locate(json, path.slice(0, -1))
  if (last === undefined || container === undefined) return json
  const entries = [...entriesOf(json, container)]
  const at = entries.findIndex(({ key }) => key === last)
  const entry = entries[at]
  if (entry === undefined) return json
  const [before, after] = [entries[at - 1], entries[at + 1]]
  if (before !== undefined) return splice(json, { start: before.value.end, end: entry.value.end }, '')
  if (after !== undefined) return splice(json, { start: entry.start, end: after.start }, '')
  return splice(json, { start: container.start + 1, end: skipSpace(json, entry.value.end) }, '')
}

/** The text with something else in place of a part. */
export function splice(json: string, { start, end }: Span, text: string): string {
  return json.slice(0, start) + text + json.slice(end)
}

/** JSON as people write it on one line: with a space after colons and commas, and inside of braces. */
export function write(value: Json): string {
  if (isList(value)) return `[${value.map(write).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${write(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function entryOf(json: string, container: Span, step: string | number): Entry | undefined {
  const opening = json[container.start]
  if (opening !== (typeof step === 'number' ? '[' : '{')) return undefined
  for (const entry of entriesOf(json, container)) if (entry.key === step) return entry
  return undefined
}

function append(json: string, container: Span, text: string): string {
  let last: Entry | undefined
  let before = container.start
  for (const entry of entriesOf(json, container)) {
    before = last?.value.end ?? container.start
    last = entry
  }
  if (last === undefined) return splice(json, { start: container.start + 1, end: container.start + 1 }, text)
  // From the comma or the bracket before the last entry to that entry, which is how its author spaces.
  const gap = json.slice(before, last.start).replace(/^\s*[,{[]/, '')
  return splice(json, { start: last.value.end, end: last.value.end }, `,${gap === '' ? ' ' : gap}${text}`)
}

/** Puts members before the first one, spaced as the author spaced it. */
function prepend(json: string, added: readonly (readonly [string, string | number])[], isEmpty: boolean): string {
  const start = json.indexOf('{') + 1
  const firstKey = skipSpace(json, start)
  const gap = json.slice(start, firstKey)
  const written = added.map(([key, value]) => `${write(key)}: ${write(value)}`)
  const separator = `,${gap === '' ? ' ' : gap}`
  return json.slice(0, firstKey) + written.join(separator) + (isEmpty ? '' : separator) + json.slice(firstKey)
}

function outermostObject(json: string): Span {
  const span = whole(json)
  if (json[span.start] !== '{') throw new SyntaxError('the JSON text is no object')
  return span
}
