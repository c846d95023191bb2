import type { Context } from 'fader'
import { readBody } from '../body.ts'
import { decodeText, isObject } from '../json.ts'
import { OfrepFailure } from './failure.ts'

const MAX_BODY_BYTES = 256 * 1024
const MAX_DEPTH = 16

/** Reads the context of an OFREP request. Its content type is not looked at: what parses as JSON is JSON. */
export async function readContext(request: Request): Promise<Context> {
  const bytes = await readBody(request, MAX_BODY_BYTES)
  // The body is a level of its own.
  if (isDeeperThan(bytes, MAX_DEPTH + 1)) {
    throw new OfrepFailure(400, 'INVALID_CONTEXT', `The context may be ${MAX_DEPTH} levels deep at most.`)
  }
  const body = parse(bytes)
  if (!isObject(body)) throw new OfrepFailure(400, 'PARSE_ERROR', 'The body must be a JSON object.')
  const context = Object.hasOwn(body, 'context') ? body.context : {}
  if (!isObject(context)) throw new OfrepFailure(400, 'INVALID_CONTEXT', 'The context must be a JSON object.')
  return withUnit(withoutReserved(context))
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes))
  } catch {
    // The parser's own message would repeat pieces of the body.
    throw new OfrepFailure(400, 'PARSE_ERROR', 'The body is not JSON in UTF-8.')
  }
}

/**
 * Names that begin with `$` are the host's, such as the assignments in `$sticky`: who asks from outside must not choose
 * their variant. A member such as `$sticky.checkout` would be read as a path, so the beginning of the name decides.
 */
function withoutReserved(context: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(context)
  if (!names.some((name) => name.startsWith('$'))) return context
  return Object.fromEntries(Object.entries(context).filter(([name]) => !name.startsWith('$')))
}

/**
 * OpenFeature names the unit `targetingKey`, and definitions name it `userId`. An empty one would put all anonymous
 * visitors on one and the same point, so it counts as none.
 */
function withUnit(context: Record<string, unknown>): Context {
  const targetingKey = Object.hasOwn(context, 'targetingKey') ? context.targetingKey : undefined
  if (typeof targetingKey !== 'string' || targetingKey === '' || Object.hasOwn(context, 'userId')) return context
  return { ...context, userId: targetingKey }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{`, and what closes them, differ from each other in one bit alone. */
const BRACE_BIT = 0x20
const OPENING = 0x5b
const CLOSING = 0x5d

/** Counts brackets outside strings before anything is parsed: a body of brackets alone has a quarter of a million levels. */
function isDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if ((byte & ~BRACE_BIT) === OPENING) depth += 1
    else if ((byte & ~BRACE_BIT) === CLOSING) depth -= 1
    if (depth > limit) return true
  }
  return false
}

/** The place of the quote that ends the string which begins at a place; beyond the end where none does. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let before = at - 1
    while (bytes[before] === BACKSLASH) before -= 1
    if ((at - before) % 2 === 1) return at
  }
  return bytes.length
}
