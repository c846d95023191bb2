import type { FlagState } from '../definition.ts'
import { locate } from './locate.ts'
import { membersAt, skipSpace } from './scan.ts'

/**
 * Sets the state of one flag in the text of a definition, and leaves every other character as its author wrote it.
 *
 * Parsing and printing again would move keys that look like integers, and the order of a split decides who gets what.
 */
export function setState(definition: string, flag: string, state: FlagState): string {
  const place = locate(definition, ['flags', flag])
  if (!place?.isExact || definition[place.start] !== '{') throw new Error(`there is no flag ${flag}`)
  const members = membersAt(definition, place.start)
  const present = members.find(({ key }) => key === 'state')
  if (present !== undefined) {
    return definition.slice(0, present.valueStart) + JSON.stringify(state) + definition.slice(present.valueEnd)
  }
  const first = skipSpace(definition, place.start + 1)
  const gap = definition.slice(place.start + 1, first)
  const separator = members.length === 0 ? '' : `,${gap === '' ? ' ' : gap}`
  return `${definition.slice(0, first)}"state": ${JSON.stringify(state)}${separator}${definition.slice(first)}`
}
