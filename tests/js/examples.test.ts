import { readFileSync } from 'node:fs'
import { type Engine, loadControl, loadEngine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { compile, storefront } from './support/definition.ts'

const page = readFileSync(new URL('../../examples/README.md', import.meta.url), 'utf8')
const { flags, segments } = JSON.parse(storefront) as {
  flags: Record<string, { state?: string; rules?: { id?: string; traffic?: number }[] }>
  segments: Record<string, unknown>
}
const people = [...visitors({ count: 5_000 })]

/** The instants of the page, and the rules that are met there. */
const instants = [...page.matchAll(/^\| `(20[^`]*)` \| (.*) \|$/gm)].map(([, instant = '', rules = '']) => ({
  now: Date.parse(instant),
  rules: [...rules.matchAll(/`([^`]*)`\/`([^`]*)`/g)].map(([, flag, rule]) => `${flag}/${rule}`),
}))

let engine: Engine
/** At each instant, the rules that decided for somebody. */
let decided: Map<number, Set<string>>
beforeAll(async () => {
  engine = await loadEngine(await compile(storefront))
  decided = new Map(
    instants.map(({ now }) => {
      const outcomes = people.flatMap((person) => engine.evaluateAll(person, now))
      return [now, new Set(outcomes.filter(({ rule }) => rule).map(({ flag, rule }) => `${flag}/${rule}`))]
    }),
  )
})

describe('the example', () => {
  it('has as many flags and segments as its page says, and names none that it has not', () => {
    expect(Object.keys(flags)).toHaveLength(52)
    expect(Object.keys(segments)).toHaveLength(14)
    expect(page).toContain('fifty-two flags and fourteen segments')
    const rows = [...page.matchAll(/^\| (`[a-z].*?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
    const named = rows.map(([, key]) => key ?? '').filter((key) => !key.startsWith('20'))
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((key) => !Object.hasOwn(flags, key))).toEqual([])
  })

  it('meets its rules with a window at the instants of its page', () => {
    expect(instants.length).toBeGreaterThan(7)
    for (const { now, rules } of instants) {
      expect(rules.length).toBeGreaterThan(0)
      for (const rule of rules) expect(decided.get(now), rule).toContain(rule)
    }
  })

  it('has no other rules that decide for nobody than those that are meant to', () => {
    const met = new Set([...decided.values()].flatMap((rules) => [...rules]))
    const idle = Object.entries(flags).flatMap(([key, { state = 'on', rules = [] }]) =>
      rules.flatMap(({ id, traffic }, at) => {
        const isMeant = state !== 'on' || traffic === 0
        const isMet = met.has(`${key}/${id ?? `rule-${at + 1}`}`)
        return isMet === isMeant ? [`${key}/${id}`] : []
      }),
    )
    expect(idle).toEqual([])
  })

  it('has issues of no kind, and no finding that is not meant', async () => {
    const control = await loadControl()
    expect(control.validate(storefront)).toEqual([])
    const warnings = control
      .check(storefront, { now: Date.parse('2026-11-21T12:00:00Z') })
      .filter(({ level }) => level === 'warning')
    expect(warnings.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'flags.delivery-promise.rules[0] over',
      'flags.image-cdn.rules[0] over',
      'flags.order-intake.variants.refuse never-given',
      'flags.typo-tolerance.variants.phonetic never-given',
    ])
  })
})
