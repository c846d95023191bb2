import { RULED, SPLIT } from '../work.mjs'
import { murmur3 } from './murmur3.mjs'

/*
 * The limit that a user could write: the same rules as closures over constants, with the same murmur3 and salts.
 * It has no snapshot, no reasons, no validation and no updates; it says what JavaScript alone would take.
 */

export const closures = {
  name: 'closures by hand',
  isFloor: true,
  translate: (flags) => flags,
  context: (visitor) => visitor,
  load(flags) {
    const made = new Map(flags.map((flag) => [flag.key, kinds[flag.kind](flag)]))
    const list = [...made.values()]
    return {
      one: (key) => made.get(key),
      // Values by index, which is less than the object that others make.
      all: (context) => {
        const values = new Array(list.length)
        for (let index = 0; index < list.length; index++) values[index] = list[index](context)
        return values
      },
      valueIn: (all, key) => all[flags.findIndex((flag) => flag.key === key)],
    }
  },
}

const RANGE = 2 ** 32
const total = Object.values(SPLIT).reduce((sum, weight) => sum + weight, 0)

const kinds = {
  fixed: (flag) => () => flag.on,
  rollout({ key, percent }) {
    const seed = murmur3(`${key}/traffic`, 0)
    const bound = Math.floor((percent * RANGE) / 100)
    return (context) => murmur3(context.userId, seed) < bound
  },
  targeted({ key, countries, version, suffix }) {
    const seed = murmur3(`${key}/split`, 0)
    const wanted = new Set(countries)
    const least = version.split('.').map(Number)
    const [control, blue] = [SPLIT.control, SPLIT.control + SPLIT.blue].map((sum) => Math.floor((sum * RANGE) / total))
    return (context) => {
      if (wanted.has(context.country)) return RULED[0]
      if (isAtLeast(context.appVersion, least)) return RULED[1]
      if (context.email.endsWith(suffix)) return RULED[2]
      const point = murmur3(context.userId, seed)
      if (point < control) return 'control'
      return point < blue ? 'blue' : 'green'
    }
  },
}

/** Compares number by number, and stops where they differ. A pre-release never occurs here, and would be older. */
function isAtLeast(version, least) {
  let part = 0
  let value = 0
  for (let at = 0; at < version.length; at++) {
    const code = version.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      value = value * 10 + code - 48
    } else if (code === 46 && part < 2) {
      if (value !== least[part]) return value > least[part]
      part += 1
      value = 0
    } else {
      return code === 43 ? value >= least[part] : value > least[part]
    }
  }
  return value >= least[part]
}
