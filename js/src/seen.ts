import { type Attribute, OTHER, type Seen, STICKY } from './attribute.js'
import type { Context } from './types.js'

/** Returns a context of the attributes as the engine sees them: by their paths, and without what it cannot compare. */
export function contextOf(attributes: readonly Attribute[], values: readonly Seen[]): Context {
  const sticky: [string, unknown][] = []
  const rest: [string, unknown][] = []
  attributes.forEach((attribute, at) => {
    const { path } = attribute
    const value = plain(attribute, values[at])
    if (path.startsWith(STICKY)) sticky.push([path.slice(STICKY.length), value])
    else rest.push([path, value])
  })
  if (sticky.length > 0) rest.push(['$sticky', Object.fromEntries(sticky)])
  return Object.fromEntries(rest)
}

function plain({ children }: Attribute, value: Seen): unknown {
  // Halves of a pair cannot be encoded, and are replaced as the encoder does it.
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd')
  if (value === OTHER) return {}
  if (typeof value !== 'object') return value
  if (children.length === 0) return Array.from({ length: value.length }, () => null)
  return value.rows.map((row) => element(children, row))
}

/** An element that is a scalar or a list is itself; one that is an object has what is read of it. */
function element(children: readonly Attribute[], row: readonly Seen[]): unknown {
  const at = children.findIndex(({ path }) => path === '')
  const itself = at < 0 ? OTHER : row[at]
  if (itself !== OTHER) return plain(children[at] as Attribute, itself) ?? null
  const isMember = (_: unknown, place: number) => place !== at
  return contextOf(children.filter(isMember), row.filter(isMember))
}
