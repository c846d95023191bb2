import { type Fields, fieldsOf, textOf } from './fields.ts'

/** More rules than this do not fit on a line. */
const MOST = 3

/** The rules of a flag in a short phrase, such as `staff → v2, 60 % of public split, else existing`. */
export function phraseOf(flag: Fields): string {
  const rules = Array.isArray(flag.rules) ? flag.rules : []
  const ramp = fieldsOf(flag.ramp)
  const phrases = rules.slice(0, MOST).map((rule, index) => rulePhrase(rule, index, ramp))
  const more = rules.length > MOST ? [`${rules.length - MOST} more`] : []
  const otherwise = String(flag.otherwise ?? flag.safe ?? '?')
  const last = rules.length === 0 ? `always ${otherwise}` : `else ${otherwise}`
  return [...conditionsOf(flag), ...phrases, ...more, last].join(', ')
}

/** What comes before the rules, such as `needs saved-cards, holdout autumn, sticky`. */
function conditionsOf(flag: Fields): string[] {
  const required = Object.keys(fieldsOf(flag.requires))
  return [
    ...(required.length > 0 ? [`needs ${required.join(' and ')}`] : []),
    ...(typeof flag.holdout === 'string' ? [`holdout ${flag.holdout}`] : []),
    ...(flag.sticky === true ? ['sticky'] : []),
  ]
}

function rulePhrase(rule: unknown, index: number, ramp: Fields): string {
  if (typeof rule !== 'object' || rule === null) return '?'
  const { id, traffic, serve, split }: Fields = { ...rule }
  const name = textOf(id, `rule-${index + 1}`)
  const share = ramp.rule === name ? `${name} at ${stagePhrase(ramp)}` : trafficPhrase(name, traffic)
  if (typeof serve === 'string') return `${share} → ${serve}`
  return typeof split === 'object' && split !== null ? `${share} split ${Object.values(split).join(':')}` : share
}

const trafficPhrase = (name: string, traffic: unknown): string =>
  typeof traffic === 'number' && traffic < 100 ? `${traffic} % of ${name}` : name

/** Where a ramp stands, such as `stage 3 of 7 (5 %)`. People count from one. */
function stagePhrase({ stage, stages }: Fields): string {
  const all: unknown[] = Array.isArray(stages) ? stages : []
  if (typeof stage !== 'number') return `no stage of ${all.length}`
  const { name, segment, percent } = fieldsOf(all[stage])
  const who = typeof percent === 'number' ? `${percent} %` : textOf(name, textOf(segment, '?'))
  return `stage ${stage + 1} of ${all.length} (${who})`
}
