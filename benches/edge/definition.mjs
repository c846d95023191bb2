import { readFileSync } from 'node:fs'
import { visitors } from '../../examples/visitors.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { random } from './quantile.mjs'

/**
 * A definition of so many flags, all of them revealed: those of the example storefront again and again. Each copy has
 * its own key, salts and shares, and the conditions, variants and requirements of the flag that it was made of.
 */
export function storefront(flags, seed = 1) {
  const example = JSON.parse(readFileSync(inRoot('examples', 'storefront.json'), 'utf8'))
  const dice = random(seed)
  const entries = Object.entries(example.flags)
  const copies = {}
  for (let at = 0; at < flags; at++) {
    const [key, flag] = entries[at % entries.length]
    const round = Math.floor(at / entries.length)
    copies[nameOf(key, round)] = copyOf(flag, { round, dice })
  }
  // The last round may have left out a flag that another requires.
  for (const flag of Object.values(copies)) {
    if (Object.keys(flag.requires ?? {}).some((key) => !(key in copies))) delete flag.requires
  }
  return { ...example, flags: copies }
}

const nameOf = (key, round) => (round === 0 ? key : `${key}-${round + 1}`)

function copyOf(flag, { round, dice }) {
  const copy = { ...structuredClone(flag), reveal: flag.reveal === 'value' ? 'value' : 'rule' }
  if (round === 0) return copy
  // A range of a layer is one flag's alone.
  copy.rules = copy.rules?.filter((rule) => rule.layer === undefined).map((rule) => varied(rule, { round, dice }))
  if (copy.rules === undefined) delete copy.rules
  if (copy.ramp !== undefined && !copy.rules?.some(({ id }) => id === copy.ramp.rule)) delete copy.ramp
  if (copy.requires !== undefined) {
    copy.requires = Object.fromEntries(Object.entries(copy.requires).map(([key, on]) => [nameOf(key, round), on]))
  }
  return copy
}

function varied(rule, { round, dice }) {
  const own = { ...rule }
  if (rule.salt !== undefined) own.salt = `${rule.salt}-${round}`
  if (rule.traffic !== undefined) own.traffic = 1 + Math.floor(dice() * 99)
  return own
}

/** Contexts as visitors of the storefront have them, as bodies of the remote protocol. */
export function bodies(count, seed = 1) {
  return Array.from(visitors({ seed, count }), (context) => JSON.stringify({ context }))
}

/** A definition of one flag that is on for everybody, and of some others. */
export function killable(flags = 1) {
  const flag = { type: 'boolean', reveal: 'rule', variants: { on: true, off: false }, safe: 'off', otherwise: 'on' }
  const names = Array.from({ length: flags }, (_, at) => (at === 0 ? 'measured' : `measured-${at}`))
  return { format: 1, flags: Object.fromEntries(names.map((name) => [name, { ...flag, rules: [] }])) }
}
