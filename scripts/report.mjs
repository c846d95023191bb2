import { say } from './lib/step.mjs'
import { number, table } from './lib/table.mjs'

const relations = {
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
  '=': (value, bound) => value === bound,
}

/**
 * Whether a measure is as it should be. A target is such as `<= 20000`, `>= 100000` or `= 0`;
 * a measure without one is only told, and holds.
 */
export function holds(value, target) {
  if (target === undefined || target === null) return true
  const [, relation, bound] = /^(<=|>=|<|>|=)\s*(-?\d[\d_]*(?:\.\d+)?)$/.exec(target) ?? []
  if (relation === undefined) throw new TypeError(`Not a target: ${target}`)
  return relations[relation](value, Number(bound.replaceAll('_', '')))
}

/** Gives each of `{ measure, value, unit?, target? }` its whole form. */
export function judge(measures) {
  return measures.map(({ measure, value, unit = '', target = null }) => {
    if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${measure} was not measured: ${value}`)
    return { measure, value, unit, target, holds: holds(value, target) }
  })
}

/**
 * Ends a measuring command: prints a table for people or, with `--json`, the array alone on standard output.
 * The exit status is 1 when a measure does not hold. Steps told by `lib/step.mjs` keep out of the way.
 */
export function report(title, measures, { json = process.argv.includes('--json') } = {}) {
  const judged = judge(measures)
  if (json) {
    process.stdout.write(`${JSON.stringify(judged, null, 2)}\n`)
  } else {
    const row = (one) => [one.measure, number(one.value), one.unit, one.target ?? '', one.holds ? 'yes' : 'NO']
    say(`\n${title}\n\n${table(['measure', 'value', 'unit', 'target', 'holds'], judged.map(row))}\n`)
  }
  if (judged.some((one) => !one.holds)) process.exitCode = 1
  return judged
}
