/** The members of some JSON object, not yet checked. */
export type Fields = Readonly<Record<string, unknown>>

/** The members of an object. Anything else has none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export const textOf = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : fallback)
