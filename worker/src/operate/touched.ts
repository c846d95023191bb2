import type { Change } from 'fader'
import { isObject } from '../json.ts'
import type { Touched } from './authority.ts'

/** What the store sets itself. */
const STORES_OWN = ['environment', 'revision']

/**
 * What is different between two definitions, as far as it matters to whom it belongs.
 *
 * The differences in words leave out what is for people, such as the description of a rule, and the order of things. To
 * somebody else's flag or segment not even that may be done, so the two texts are compared by themselves as well.
 */
export function touchedBy(oldDefinition: string, newDefinition: string, changes: readonly Change[]): Touched[] {
  const [old, later] = [oldDefinition, newDefinition].map(parse) as [Record<string, unknown>, Record<string, unknown>]
  const [oldFlags, laterFlags] = [old, later].map(({ flags }) => (isObject(flags) ? flags : {})) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ]
  const names = new Set(changes.flatMap(({ of, name }) => (of === 'flag' ? [name] : [])))
  for (const name of different(oldFlags, laterFlags)) names.add(name)
  const flags = Array.from(names, (name) => ({
    of: 'flag' as const,
    name,
    owners: [oldFlags, laterFlags].flatMap((side) => (Object.hasOwn(side, name) ? [ownerOf(side[name])] : [])),
  }))
  const others = changes.filter(({ of }) => of !== 'flag').map(({ of, name }) => ({ of, name, owners: [] }))
  const members = different(old, later).filter((name) => name !== 'flags' && !STORES_OWN.includes(name))
  return [...others, ...members.map((name) => ({ of: 'definition' as const, name, owners: [] })), ...flags]
}

function parse(text: string): Record<string, unknown> {
  const document: unknown = JSON.parse(text)
  return isObject(document) ? document : {}
}

function ownerOf(flag: unknown): string | null {
  return isObject(flag) && Object.hasOwn(flag, 'owner') && typeof flag.owner === 'string' ? flag.owner : null
}

/** The names under which two objects have something different, be it only its order. */
function different(old: Record<string, unknown>, later: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(old), ...Object.keys(later)])
  return [...names].filter((name) => {
    const [before, after] = [old, later].map((side) => (Object.hasOwn(side, name) ? JSON.stringify(side[name]) : null))
    return before !== after
  })
}
