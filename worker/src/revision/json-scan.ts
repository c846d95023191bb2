/** Where a value stands in a JSON text: from its first character to the one after its last. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A member of an object, or an element of a list, whose key is its index. */
export interface Entry {
  readonly key: string | number
  /** Where the whole of it begins: at the quote of the key, or at the element. */
  readonly start: number
  readonly value: Span
}

const QUOTE = 0x22
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const SPACES = new Set([' ', '\t', '\r', '\n'])

/**
 * Goes through the entries of an object or a list, one after the other, and no further than it is asked to.
 *
 * Nothing is built of the text, so that one of many megabytes costs no more than its length. Throws a SyntaxError for
 * what is no JSON, as far as it notices.
 */
export function* entriesOf(json: string, container: Span): Generator<Entry, void> {
  const isObject = json[container.start] === '{'
  const closing = isObject ? '}' : ']'
  let at = skipSpace(json, expect(json, container.start, isObject ? '{' : '['))
  for (let index = 0; json[at] !== closing; index += 1) {
    if (index > 0) at = skipSpace(json, expect(json, at, ','))
    const start = at
    const keyEnd = isObject ? skipString(json, at) : at
    const valueStart = isObject ? skipSpace(json, expect(json, skipSpace(json, keyEnd), ':')) : at
    const end = skipValue(json, valueStart)
    const key = isObject ? (JSON.parse(json.slice(start, keyEnd)) as string) : index
    yield { key, start, value: { start: valueStart, end } }
    at = skipSpace(json, end)
  }
}

/** Where the outermost value stands. */
export function whole(json: string): Span {
  return { start: skipSpace(json, 0), end: json.length }
}

/** The first place from `at` on that is no space. Throws where the text ends before one. */
export function skipSpace(json: string, at: number): number {
  let place = at
  while (SPACES.has(json[place] ?? '')) place += 1
  if (place >= json.length) throw endsEarly()
  return place
}

function skipValue(json: string, start: number): number {
  const first = json[start]
  if (first === '"') return skipString(json, start)
  if (first === '{' || first === '[') return skipNested(json, start)
  return next(json, start, /[\s,}\]]/g)
}

/** By codes of characters: it goes over nearly all of a text, and a regular expression takes three times as long. */
function skipNested(json: string, start: number): number {
  let depth = 0
  let at = start
  do {
    if (at >= json.length) throw endsEarly()
    const code = json.charCodeAt(at)
    if (code === QUOTE) {
      at = skipString(json, at)
      continue
    }
    if (code === OPENING_BRACE || code === OPENING_BRACKET) depth += 1
    if (code === CLOSING_BRACE || code === CLOSING_BRACKET) depth -= 1
    at += 1
  } while (depth > 0)
  return at
}

function skipString(json: string, start: number): number {
  let end = json.indexOf('"', expect(json, start, '"'))
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  if (end < 0) throw endsEarly()
  return end + 1
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(json: string, at: number): boolean {
  let first = at
  while (json[first - 1] === '\\') first -= 1
  return (at - first) % 2 === 1
}

/** The first place from `start` on that the pattern finds. */
function next(json: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start
  const found = pattern.exec(json)
  if (found === null) throw endsEarly()
  return found.index
}

function expect(json: string, at: number, character: string): number {
  if (json[at] !== character) throw new SyntaxError(`the JSON text lacks ${character} at ${at}`)
  return at + 1
}

function endsEarly(): SyntaxError {
  return new SyntaxError('the JSON text ends too early')
}
