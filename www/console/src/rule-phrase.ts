import type { Fields } from './fields.ts'

/** More rules than this do not fit on a line. */
const MOST = 3

/** The rules of a flag in a short phrase, such as `staff → v2, 60 % of public split, else existing`. */
export function phraseOf(flag: Fields): string {
  const rules = Array.isArray(flag.rules) ? flag.rules : []
  const phrases = rules.slice(0, MOST).map((rule, index) => rulePhrase(rule, index))
  const more = rules.length > MOST ? [`${rules.length - MOST} more`] : []
  const otherwise = String(flag.otherwise ?? flag.safe ?? '?')
  return [...phrases, ...more, rules.length === 0 ? `always ${otherwise}` : `else ${otherwise}`].join(', ')
}

function rulePhrase(rule: unknown, index: number): string {
  if (typeof rule !== 'object' || rule === null) return '?'
  const { id, traffic, serve, split }: Fields = { ...rule }
  const name = typeof id === 'string' ? id : `rule-${index + 1}`
  const share = typeof traffic === 'number' && traffic < 100 ? `${traffic} % of ${name}` : name
  if (typeof serve === 'string') return `${share} → ${serve}`
  return typeof split === 'object' && split !== null ? `${share} split ${Object.values(split).join(':')}` : share
}
