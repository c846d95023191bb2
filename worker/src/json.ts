/** A JSON object, as opposed to a list, a scalar or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of these bytes. Throws a TypeError when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
}

/** What a variable has: JSON as wrangler gives it, or its text. Undefined where that is no JSON. */
export function readVariable(variable: unknown): unknown {
  if (typeof variable !== 'string') return variable
  try {
    return JSON.parse(variable)
  } catch {
    return undefined
  }
}
