/** Where a member of an object stands in a JSON text. */
export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** Where a value stands in a JSON text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The members of the object that begins at `start`. The text must be JSON. */
export function membersAt(text: string, start: number): readonly Member[] {
  const members: Member[] = []
  let at = skipSpace(text, start + 1)
  while (text[at] === '"') {
    const keyEnd = skipString(text, at)
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const valueEnd = skipValue(text, valueStart)
    members.push({ key: JSON.parse(text.slice(at, keyEnd)), keyStart: at, valueStart, valueEnd })
    at = skipSeparator(text, valueEnd)
  }
  return members
}

/** The items of the list that begins at `start`. The text must be JSON. */
export function itemsAt(text: string, start: number): readonly Span[] {
  const items: Span[] = []
  let at = skipSpace(text, start + 1)
  while (at < text.length && text[at] !== ']') {
    const end = skipValue(text, at)
    items.push({ start: at, end })
    at = skipSeparator(text, end)
  }
  return items
}

export function skipSpace(text: string, at: number): number {
  return matchEnd(/[ \t\n\r]*/y, text, at)
}

export function skipValue(text: string, start: number): number {
  if (text[start] === '"') return skipString(text, start)
  if (text[start] !== '{' && text[start] !== '[') return matchEnd(/[^\s,\]}]+/y, text, start)
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = skipString(text, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth === 0) return at + 1
  }
  return text.length
}

function skipSeparator(text: string, at: number): number {
  const next = skipSpace(text, at)
  return text[next] === ',' ? skipSpace(text, next + 1) : next
}

function skipString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
