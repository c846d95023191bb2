import type { Value } from './types.js'

/** Whether a value is of the fallback's type, and so may stand in its place. */
export function isLike(value: Value | null, fallback: Value): value is Value {
  return value !== null && kindOf(value) === kindOf(fallback)
}

/** Lists are objects to JavaScript, but not to whoever asks for one of the two. */
function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : typeof value
}
