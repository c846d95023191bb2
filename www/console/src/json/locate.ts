import type { Step } from './issue-path.ts'
import { itemsAt, membersAt, type Span, skipSpace, skipValue } from './scan.ts'

export interface Place extends Span {
  /** False when it is only the nearest thing around what was sought: what is missing has no place. */
  readonly isExact: boolean
}

/** Finds what a path names in a JSON text, or the nearest thing around it. Gives nothing when the text is no JSON. */
export function locate(text: string, path: readonly Step[]): Place | undefined {
  if (!isJson(text)) return undefined
  const start = skipSpace(text, 0)
  let found: Span = { start, end: skipValue(text, start) }
  for (const step of path) {
    const inner = typeof step === 'number' ? itemOf(text, found.start, step) : memberOf(text, found.start, step)
    if (inner === undefined) return { ...found, isExact: false }
    found = inner
  }
  return { ...found, isExact: true }
}

function itemOf(text: string, start: number, index: number): Span | undefined {
  return text[start] === '[' ? itemsAt(text, start)[index] : undefined
}

function memberOf(text: string, start: number, key: string): Span | undefined {
  if (text[start] !== '{') return undefined
  const member = membersAt(text, start).find((each) => each.key === key)
  return member && { start: member.valueStart, end: member.valueEnd }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
