import type { Context } from './types.js'

/** How many bytes of text, and of rows of lists, one context may have. */
export const MAX_BYTES = 64 * 1024
/** How many bytes a slot takes; the layout is described in the crate's `context` module. */
export const SLOT = 16

/** Before the key of a flag whose kept assignment is read. */
export const STICKY = '$sticky.'
const ROOT = Object.prototype

/** There is no answer, and it is the context's fault. */
export class InvalidContext extends Error {}

/** What is there, and cannot be compared with anything. */
export const OTHER = Symbol()

/** A list as it was read: for each element the values of the attributes that are read of it. */
export interface List {
  readonly length: number
  readonly rows: readonly (readonly Seen[])[]
}

/** A value as the engine sees it. Numbers that JSON has not, and null, are absent. */
export type Seen = string | number | boolean | undefined | typeof OTHER | List

/** An attribute that the rules read: of the context, or of each element of a list. */
export interface Attribute {
  readonly path: string
  /** The members that lead to it, one in the other; none where its path is the name of a member. */
  readonly names: readonly string[] | undefined
  /** What is read of each of its elements, where it is a list. */
  readonly children: Attribute[]
}

/** Returns the attributes of the context itself, with those of elements under their lists. */
export function tree(paths: readonly string[], parentOf: (at: number) => number): readonly Attribute[] {
  const roots: Attribute[] = []
  const all = paths.map((path): Attribute => {
    const names = path.startsWith(STICKY) ? ['$sticky', path.slice(STICKY.length)] : path.split('.')
    return { path, names: names[1] === undefined ? undefined : names, children: [] }
  })
  all.forEach((attribute, at) => {
    const parent = parentOf(at)
    const siblings = parent ? all[parent - 1]?.children : roots
    siblings?.push(attribute)
  })
  return roots
}

/**
 * Reads the values of the attributes, and nothing that could change later. A getter may do what it likes, so all are
 * read before anything is written.
 */
export function readAll(attributes: readonly Attribute[], context: unknown, values: Seen[]): Seen[] {
  try {
    if (!isContext(context)) throw noObject()
    for (let at = 0; at < attributes.length; at++) {
      const attribute = attributes[at] as Attribute
      const value = attribute.names ? read(attribute, context) : lookUp(context, attribute.path, at)
      values[at] = typeof value === 'string' ? value : see(attribute, value)
    }
    return values
  } catch (cause) {
    throw unreadable(cause)
  }
}

/**
 * Returns the member of a plain name. `place` is the attribute's position: the machine remembers what it learned of a
 * look-up by its place in the code, and one place for all names would learn nothing.
 */
function lookUp(context: Context, name: string, place: number): unknown {
  switch (place) {
    case 0:
      if (name in ROOT) break
      return context[name]
    case 1:
      if (name in ROOT) break
      return context[name]
    case 2:
      if (name in ROOT) break
      return context[name]
    case 3:
      if (name in ROOT) break
      return context[name]
  }
  // What every object has by nature, or was given by whoever pollutes the prototype, counts only where it is its own.
  return name in ROOT && !Object.hasOwn(context, name) ? undefined : context[name]
}

/** A member whose own name has dots comes before a path into nested objects; what hosts keep has no such paths. */
function read({ path, names }: Attribute, from: unknown): unknown {
  if (!isContext(from)) return undefined
  if (!names) return lookUp(from, path, -1)
  if (!path.startsWith(STICKY) && Object.hasOwn(from, path)) return from[path]
  return names.reduce(
    (value: unknown, name) => (isContext(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    from,
  )
}

/** Returns a value as the engine sees it. The budget is of bytes for rows: lists stand in lists, and may never end. */
function see(attribute: Attribute, value: unknown, budget?: [number]): Seen {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      return Number.isFinite(value) ? value : undefined
  }
  if (value === null) return undefined
  return Array.isArray(value) ? seeList(attribute, value, budget ?? [MAX_BYTES]) : OTHER
}

function seeList({ children }: Attribute, list: readonly unknown[], budget: [number]): List {
  // A proxy may say anything.
  const length = list.length >>> 0
  budget[0] -= length * children.length * SLOT
  if (budget[0] < 0 || length > MAX_BYTES) throw tooLarge()
  const rows = Array.from({ length: children.length && length }, (_, at) => {
    const element = list[at]
    return children.map((child) => see(child, child.path ? read(child, element) : element, budget))
  })
  return { length, rows }
}

/** Throws when a value has no attributes. */
export function assertContext(value: unknown): void {
  readAll([], value, [])
}

/** Returns whether a value has attributes. Even to ask may throw, where it is a proxy. */
function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function noObject(): InvalidContext {
  return new InvalidContext('the context is no object; give one, such as { userId: "u-1" }')
}

export function tooLarge(): InvalidContext {
  return new InvalidContext(`the attributes that the rules read have more than ${MAX_BYTES} bytes; shorten them`)
}

/** Returns what to say of something that was thrown while a context was read; anything may be thrown. */
function unreadable(cause: unknown): InvalidContext {
  try {
    if (cause instanceof InvalidContext) return cause
  } catch {
    // It is a proxy that even this is too much for.
  }
  return new InvalidContext(`the context cannot be read: ${messageOf(cause)}`)
}

/** Returns what was thrown in words; anything may be thrown. */
export function messageOf(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause)
  } catch {
    return 'something was thrown that has no words'
  }
}
