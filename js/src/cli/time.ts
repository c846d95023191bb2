import { CommandError } from './command.js'

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

/** Returns the instant that `--now` names, or the clock's. */
export function readNow(time: string | undefined): number {
  const now = time === undefined ? Date.now() : parseTime(time)
  if (now !== undefined) return now
  throw new CommandError(`--now ${time} is no instant; write 2026-11-01T00:00:00Z, or milliseconds since 1970`)
}
