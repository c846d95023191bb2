/** Where a member of the outermost object stands in the text. */
interface Member {
  readonly key: string
  readonly valueStart: number
  readonly valueEnd: number
}

/**
 * Sets members of the outermost object of a JSON text, and leaves every other character as its author wrote it.
 *
 * Parsing and printing again would not do: it moves keys that look like integers to the front, and the order in which
 * the variants of a split are written decides who gets which.
 *
 * `json` must be the text of a JSON object. Throws otherwise, as far as it notices.
 */
export function stamp(json: string, values: Readonly<Record<string, string | number>>): string {
  const members = outermostMembers(json)
  const pieces: string[] = []
  let copied = 0
  for (const { key, valueStart, valueEnd } of members) {
    if (!Object.hasOwn(values, key)) continue
    pieces.push(json.slice(copied, valueStart), JSON.stringify(values[key]))
    copied = valueEnd
  }
  pieces.push(json.slice(copied))
  const present = new Set(members.map(({ key }) => key))
  const missing = Object.entries(values).filter(([key]) => !present.has(key))
  return prepend(pieces.join(''), missing, members.length === 0)
}

/** Puts members before the first one, spaced as the author spaced it. */
function prepend(json: string, added: readonly (readonly [string, string | number])[], empty: boolean): string {
  const start = json.indexOf('{') + 1
  const firstKey = skipSpace(json, start)
  const gap = json.slice(start, firstKey)
  const written = added.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  if (written.length === 0) return json
  const separator = `,${gap === '' ? ' ' : gap}`
  return json.slice(0, firstKey) + written.join(separator) + (empty ? '' : separator) + json.slice(firstKey)
}

function outermostMembers(json: string): Member[] {
  const members: Member[] = []
  let at = expect(json, skipSpace(json, 0), '{')
  for (at = skipSpace(json, at); json[at] !== '}'; at = skipSpace(json, at)) {
    if (members.length > 0) at = skipSpace(json, expect(json, at, ','))
    const keyEnd = skipString(json, at)
    const key = JSON.parse(json.slice(at, keyEnd)) as string
    const valueStart = skipSpace(json, expect(json, skipSpace(json, keyEnd), ':'))
    const valueEnd = skipValue(json, valueStart)
    members.push({ key, valueStart, valueEnd })
    at = valueEnd
  }
  return members
}

function skipValue(json: string, start: number): number {
  if (json[start] === '"') return skipString(json, start)
  if (json[start] === '{' || json[start] === '[') return skipNested(json, start)
  return next(json, start, /[\s,}\]]/g)
}

function skipNested(json: string, start: number): number {
  let depth = 0
  let at = start
  do {
    at = next(json, at, /["{}[\]]/g)
    const found = json[at]
    if (found === '"') {
      at = skipString(json, at)
      continue
    }
    depth += found === '{' || found === '[' ? 1 : -1
    at += 1
  } while (depth > 0)
  return at
}

function skipString(json: string, start: number): number {
  let at = expect(json, start, '"')
  while (json[at] !== '"') {
    at = next(json, at, /["\\]/g)
    if (json[at] === '\\') at += 2
  }
  return at + 1
}

function skipSpace(json: string, start: number): number {
  return next(json, start, /[^ \t\r\n]/g)
}

/** The first place from `start` on that the pattern finds. */
function next(json: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start
  const found = pattern.exec(json)
  if (found === null) throw new SyntaxError('the JSON text ends too early')
  return found.index
}

function expect(json: string, at: number, character: string): number {
  if (json[at] !== character) throw new SyntaxError(`the JSON text lacks ${character} at ${at}`)
  return at + 1
}
