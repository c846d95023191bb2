import { readBody } from '../body.ts'
import { decodeText, isObject } from '../json.ts'
import { Problem } from '../problem.ts'

/** What an operation says is short. */
const MAX_BODY_BYTES = 64 * 1024
const MAX_TEXT_LENGTH = 1000

/** Reads a member. `value` is undefined where it is absent. Throws a problem that names it. */
export type Reader<T> = (value: unknown, name: string) => T

/** The readers of all members that there may be. */
type Shape = Readonly<Record<string, Reader<unknown>>>

type Read<S extends Shape, Name extends keyof S> = ReturnType<S[Name]>

/** What the readers gave. Absent stays absent: what is stored and compared must not depend on how nothing was said. */
type Members<S extends Shape> = {
  readonly [Name in keyof S as undefined extends Read<S, Name> ? never : Name]: Read<S, Name>
} & {
  readonly [Name in keyof S as undefined extends Read<S, Name> ? Name : never]?: Exclude<Read<S, Name>, undefined>
}

/** Reads a body of JSON that has these members and no others. */
export async function readMembers<S extends Shape>(request: Request, shape: S): Promise<Members<S>> {
  return membersOf(parse(await readBody(request, MAX_BODY_BYTES)), shape, 'The body')
}

/** Reads the members of an object, all of which must be known. */
export function membersOf<S extends Shape>(value: unknown, shape: S, what: string): Members<S> {
  if (!isObject(value)) throw new Problem('bad-request', `${what} must be a JSON object.`)
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name))
  if (unknown !== undefined) {
    const known = Object.keys(shape).join(', ')
    throw new Problem('bad-request', `${what} has ${JSON.stringify(unknown)}, which is not one of: ${known}.`)
  }
  const read = Object.entries(shape).map(([name, reader]) => {
    return [name, reader(Object.hasOwn(value, name) ? value[name] : undefined, name)] as const
  })
  return Object.fromEntries(read.filter(([, member]) => member !== undefined)) as Members<S>
}

export const text: Reader<string> = (value, name) => {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT_LENGTH) return value
  throw wrong(name, `a text of 1 to ${MAX_TEXT_LENGTH} characters`)
}

/** Why something is done, where nothing has to be said. */
export const note: Reader<string> = (value, name) => (value === undefined || value === '' ? '' : text(value, name))

/** Why something is done, which must be said. */
export const reason: Reader<string> = (value, name) => {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) throw reasonNeeded(`as \`${name}\``)
  return text(value, name)
}

/** A number from `least` to `most`; whole ones alone where that is asked for. */
export function number(least: number, most: number, kind: 'whole' | 'any' = 'any'): Reader<number> {
  return (value, name) => {
    const isOfKind = typeof value === 'number' && (kind === 'any' || Number.isSafeInteger(value))
    if (isOfKind && value >= least && value <= most) return value
    throw wrong(name, `a ${kind === 'whole' ? 'whole ' : ''}number from ${least} to ${most}`)
  }
}

export function oneOf<Name extends string>(...names: readonly Name[]): Reader<Name> {
  return (value, name) => {
    const found = names.find((known) => known === value)
    if (found !== undefined) return found
    throw wrong(name, `one of ${names.map((known) => JSON.stringify(known)).join(', ')}`)
  }
}

export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, name) => (value === undefined ? undefined : reader(value, name))
}

export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, name) => (value === null ? null : reader(value, name))
}

/** The reason that stands in a header, for requests whose body is something else. */
export function reasonOf(request: Request): string {
  const header = request.headers.get('fader-reason') ?? ''
  try {
    const said = decodeURIComponent(header)
    if (said.length > MAX_TEXT_LENGTH) throw wrong('Fader-Reason', `a text of ${MAX_TEXT_LENGTH} characters at most`)
    return said.trim()
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw wrong('Fader-Reason', 'UTF-8, percent-encoded')
  }
}

export function reasonNeeded(where: string): Problem {
  return new Problem('reason-needed', `Say why, ${where}: it is kept in the history and in the audit log.`)
}

export function wrong(name: string, wanted: string): Problem {
  return new Problem('bad-request', `\`${name}\` must be ${wanted}.`)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes))
  } catch {
    throw new Problem('not-json', 'Send one JSON object in UTF-8.')
  }
}
