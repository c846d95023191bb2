import type { Context } from './types.js'

/** How many bytes of text, and of rows of lists, one context may have. */
export const MAX_BYTES = 64 * 1024
/** How many bytes a slot takes; the layout is described in the crate's `context` module. */
export const SLOT = 16

/** Before the key of a flag whose kept assignment is read. */
export const STICKY = '$sticky.'
const ROOT = Object.prototype
const NO_OBJECT = 'the context is no object; give one, such as { userId: "u-1" }'
const TOO_LARGE = `the attributes that the rules read have more than ${MAX_BYTES} bytes; shorten them`

/** There is no answer, and it is the context's fault. */
export class InvalidContext extends Error {}

/** What is there, and cannot be compared with anything. */
export const OTHER = Symbol('other')

/** A list as it was read: for each element the values of the attributes that are read of it. */
export class Rows {
  readonly length: number
  readonly rows: readonly (readonly Seen[])[]

  constructor(length: number, rows: readonly (readonly Seen[])[]) {
    this.length = length
    this.rows = rows
  }
}

/** A value as the engine sees it. Numbers that JSON has not, and null, are absent. */
export type Seen = string | number | boolean | undefined | typeof OTHER | Rows

/** An attribute that the rules read: of the context, or of each element of a list. */
export class Attribute {
  readonly path: string
  /** What is read of each of its elements, where it is a list. */
  readonly children: Attribute[] = []
  /** True where nothing but a member of that name is read. */
  readonly isPlain: boolean
  readonly #names: readonly string[]

  constructor(path: string) {
    const names = path.startsWith(STICKY) ? ['$sticky', path.slice(STICKY.length)] : path.split('.')
    this.path = path
    this.isPlain = names.length === 1
    this.#names = names
  }

  /** A member whose own name has dots comes before a path into nested objects; what hosts keep has no such paths. */
  read(from: unknown): unknown {
    if (!isContext(from)) return undefined
    if (this.isPlain) return own(from, this.path)
    if (!this.path.startsWith(STICKY) && Object.hasOwn(from, this.path)) return from[this.path]
    let value: unknown = from
    for (const name of this.#names) {
      if (!isContext(value) || !Object.hasOwn(value, name)) return undefined
      value = value[name]
    }
    return value
  }
}

/** Hangs the attributes of elements under their lists, and returns those of the context itself. */
export function tree(attributes: readonly Attribute[], parentOf: (at: number) => number): readonly Attribute[] {
  const roots: Attribute[] = []
  attributes.forEach((attribute, at) => {
    const parent = parentOf(at)
    const siblings = parent === 0 ? roots : attributes[parent - 1]?.children
    siblings?.push(attribute)
  })
  return roots
}

/**
 * Returns the member of a plain name. `place` is the attribute's position: the machine remembers what it learned of a
 * look-up by its place in the code, and one place for all names would learn nothing.
 */
export function lookUp(context: Context, name: string, place: number): unknown {
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
  return own(context, name)
}

/** What every object has by nature, or was given by whoever pollutes the prototype, counts only where it is its own. */
function own(context: Context, name: string): unknown {
  return name in ROOT && !Object.hasOwn(context, name) ? undefined : context[name]
}

/** Returns a value as the engine sees it, and nothing that could change later. */
export function see(attribute: Attribute, value: unknown, budget: Budget = { bytes: MAX_BYTES }): Seen {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      return Number.isFinite(value) ? value : undefined
    default:
      if (value === null) return undefined
      return Array.isArray(value) ? seeList(attribute, value, budget) : OTHER
  }
}

/** How many bytes of rows there may still be: lists stand in lists, and may be proxies, so that they never end. */
interface Budget {
  bytes: number
}

function seeList({ children }: Attribute, list: readonly unknown[], budget: Budget): Rows {
  // A proxy may say anything.
  const length = list.length >>> 0
  budget.bytes -= length * children.length * SLOT
  if (budget.bytes < 0 || length > MAX_BYTES) throw tooLarge()
  if (children.length === 0) return new Rows(length, [])
  const rows = Array.from({ length }, (_, at) => {
    const element = list[at]
    return children.map((child) => see(child, child.path === '' ? element : child.read(element), budget))
  })
  return new Rows(length, rows)
}

/** Returns the values of the attributes. A getter may do what it likes, so all are read before anything is written. */
export function seeAll(attributes: readonly Attribute[], context: unknown): readonly Seen[] {
  return readable(() => {
    if (!isContext(context)) throw noObject()
    const budget = { bytes: MAX_BYTES }
    return attributes.map((attribute) => see(attribute, attribute.read(context), budget))
  })
}

/** Returns whether a value has attributes. Even to ask may throw, where it is a proxy. */
export function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws when a value has no attributes. */
export function assertContext(value: unknown): void {
  readable(() => {
    if (!isContext(value)) throw noObject()
  })
}

/** A context may be a proxy or have getters, and these may throw. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unreadable(cause)
  }
}

export function noObject(): InvalidContext {
  return new InvalidContext(NO_OBJECT)
}

export function tooLarge(): InvalidContext {
  return new InvalidContext(TOO_LARGE)
}

/** Returns what to say of something that was thrown while a context was read; anything may be thrown. */
export function unreadable(cause: unknown): InvalidContext {
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
