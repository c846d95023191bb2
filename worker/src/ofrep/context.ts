import type { Context } from 'fader'
import { readBody } from '../body.ts'
import { decodeText, isObject } from '../json.ts'
import { OfrepFailure } from './failure.ts'

const MAX_BODY_BYTES = 256 * 1024
const MAX_DEPTH = 16

/** Reads the context of an OFREP request. Its content type is not looked at: what parses as JSON is JSON. */
export async function readContext(request: Request): Promise<Context> {
  const body = parse(await readBody(request, MAX_BODY_BYTES))
  if (!isObject(body)) throw new OfrepFailure(400, 'PARSE_ERROR', 'The body must be a JSON object.')
  const context = Object.hasOwn(body, 'context') ? body.context : {}
  if (!isObject(context)) throw new OfrepFailure(400, 'INVALID_CONTEXT', 'The context must be a JSON object.')
  if (isDeeperThan(context, MAX_DEPTH)) {
    throw new OfrepFailure(400, 'INVALID_CONTEXT', `The context may be ${MAX_DEPTH} levels deep at most.`)
  }
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

/** Walks level by level and does not recurse: a body of brackets alone has a quarter of a million levels. */
function isDeeperThan(value: object, limit: number): boolean {
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true
    level = level
      .flatMap((parent) => Object.values(parent))
      .filter((child) => typeof child === 'object' && child !== null)
  }
  return false
}
