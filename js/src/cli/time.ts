const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
const NUMBER = /^-?\d+(\.\d+)?$/

/** Returns the milliseconds since 1970 of an instant as people write it, or nothing where it is none. */
export function parseTime(time: unknown): number | undefined {
  if (typeof time === 'number') return Number.isFinite(time) ? time : undefined
  if (typeof time !== 'string') return undefined
  if (NUMBER.test(time)) return Number(time)
  if (!RFC_3339.test(time)) return undefined
  const milliseconds = Date.parse(time.replace(' ', 'T').toUpperCase())
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
