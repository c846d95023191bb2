import { loadControl } from 'fader'
import { describe, expect, it } from 'vitest'
import storefront from '../../examples/storefront.json?raw'
import { brief } from '../../worker/src/operate/brief.ts'
import { edit } from '../../worker/src/operate/edit.ts'
import { definitionOf, findFlag, flagKeys } from '../../worker/src/operate/flag-text.ts'
import type { FlagOperation } from '../../worker/src/operate/operation.ts'
import { splice } from '../../worker/src/revision/json-text.ts'
import { RANKING, SHOP } from './operating.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

interface EditCase {
  readonly title: string
  readonly operation: FlagOperation
  /** What stands in the text before, and what stands in its place; none when nothing changes. */
  readonly from?: string
  readonly to?: string
  readonly of?: string
}

const flag = 'ranking'
const edits: readonly EditCase[] = [
  {
    title: 'to kill says so at the end of a flag that has no state',
    operation: { kind: 'kill', flag },
    from: '08:00:00Z"\n  }\n}',
    to: '08:00:00Z"\n  },\n  "state": "killed"\n}',
  },
  {
    title: 'to kill replaces the state that a flag has',
    operation: { kind: 'kill', flag },
    of: RANKING.replace('{', '{ "state" :"off",'),
    from: '"off"',
    to: '"killed"',
  },
  {
    title: 'to kill what is killed',
    operation: { kind: 'kill', flag },
    of: RANKING.replace('{', '{"state":"killed",'),
  },
  { title: 'on is the state of a flag that says nothing', operation: { kind: 'state', flag, state: 'on' } },
  {
    title: 'a killed flag is put on again',
    operation: { kind: 'state', flag, state: 'on' },
    of: RANKING.replace('{', '{ "state": "killed",'),
    from: '"killed"',
    to: '"on"',
  },
  {
    title: 'a unit is put into the list of its variant',
    operation: { kind: 'override', flag, unit: 'u-4', variant: 'v1' },
    from: '"u-1", "u-2"]',
    to: '"u-1", "u-2", "u-4"]',
  },
  {
    title: 'a unit is taken out of the list of another variant',
    operation: { kind: 'override', flag, unit: 'u-3', variant: 'v1' },
    from: '"u-2"], "v2": ["u-3", 7]',
    to: '"u-2", "u-3"], "v2": [7]',
  },
  {
    title: 'a unit may be a number there',
    operation: { kind: 'override', flag, unit: '7', variant: null },
    from: ', 7]',
    to: ']',
  },
  {
    title: 'a list is made where there is none',
    operation: { kind: 'override', flag, unit: 'u-4', variant: 'existing' },
    from: '["u-3", 7] }',
    to: '["u-3", 7], "existing": ["u-4"] }',
  },
  {
    title: 'a list that is empty then goes',
    operation: { kind: 'override', flag, unit: 'u-1', variant: null },
    of: RANKING.replace(', "u-2"', ''),
    from: ' "v1": ["u-1"], "v2"',
    to: ' "v2"',
  },
  {
    title: 'the last list takes all of them with it',
    operation: { kind: 'override', flag, unit: 'u-1', variant: null },
    of: RANKING.replace(/"overrides": .*/, '"overrides": { "v1": [ "u-1" ] },'),
    from: '"safe": "existing",\n  "overrides": { "v1": [ "u-1" ] },',
    to: '"safe": "existing",',
  },
  { title: 'a unit that has the variant', operation: { kind: 'override', flag, unit: 'u-1', variant: 'v1' } },
  { title: 'a unit that has none', operation: { kind: 'override', flag, unit: 'u-4', variant: null } },
  {
    title: 'a stage is set, and since when',
    operation: { kind: 'stage', flag, stage: 1 },
    from: '"stage": 0,\n    "since": "2026-11-20T08:00:00Z"',
    to: '"stage": 1,\n    "since": "2026-11-21T12:00:00.000Z"',
  },
  {
    title: 'a first stage is set at the end of the ramp',
    operation: { kind: 'stage', flag, stage: 0 },
    of: RANKING.replace(/,\s+"stage": 0,\s+"since": "[^"]+"/, ''),
    from: '100.0 }]\n',
    to: '100.0 }],\n    "stage": 0,\n    "since": "2026-11-21T12:00:00.000Z"\n',
  },
  { title: 'a stage that the ramp is at', operation: { kind: 'stage', flag, stage: 0 } },
  {
    title: 'traffic is set of a rule by its position, where it has no id',
    operation: { kind: 'traffic', flag, rule: '2', traffic: 12.5 },
    from: '"traffic": 20,   ',
    to: '"traffic": 12.5,   ',
  },
  {
    title: 'traffic is set of a rule by the name that it has in answers',
    operation: { kind: 'traffic', flag, rule: 'rule-2', traffic: 0 },
    from: '"traffic": 20,   ',
    to: '"traffic": 0,   ',
  },
  {
    title: 'traffic is set of a rule that has none',
    operation: { kind: 'traffic', flag, rule: 'staff', traffic: 50 },
    from: '"serve": "v2" }',
    to: '"serve": "v2", "traffic": 50 }',
  },
  { title: 'traffic that the rule has', operation: { kind: 'traffic', flag, rule: 'rule-2', traffic: 20 } },
]

describe('what an operation makes of a flag', () => {
  it.each(edits)('$title', async ({ operation, of = RANKING, from, to }) => {
    const shop = SHOP.replace(RANKING, of)
    const found = findFlag(shop, flag)
    if (found === undefined) throw new Error('the flag is not found')
    const edited = edit(found, operation, NOW)
    if (from === undefined) return expect(edited).toEqual({ kind: 'unchanged' })
    expect(of.split(from)).toHaveLength(2)
    const text = of.replace(from, () => to ?? '')
    expect(edited).toEqual({ kind: 'edited', text })
    const control = await loadControl()
    const environment = '{ "environment": "production",'
    expect(control.validate(splice(shop, found.span, text).replace('{', environment))).toEqual([])
  })

  const missing: [string, FlagOperation, string][] = [
    [
      'a variant',
      { kind: 'override', flag, unit: 'u', variant: 'v3' },
      'The flag `ranking` has no variant `v3`; it has `existing`, `v1`, `v2`.',
    ],
    [
      'a variant that every object has',
      { kind: 'override', flag, unit: 'u', variant: 'toString' },
      'The flag `ranking` has no variant `toString`; it has `existing`, `v1`, `v2`.',
    ],
    ['a stage', { kind: 'stage', flag, stage: 3 }, 'The ramp of `ranking` has no stage 3; it has those from 0 to 2.'],
    ['a ramp', { kind: 'stage', flag: 'switch', stage: 0 }, 'The flag `switch` has no ramp.'],
    [
      'a rule',
      { kind: 'traffic', flag, rule: 'x', traffic: 1 },
      'The flag `ranking` has no rule `x`; it has `staff`, `rule-2`, `public`.',
    ],
    [
      'a rule at the position of one with an id',
      { kind: 'traffic', flag, rule: '1', traffic: 1 },
      'The flag `ranking` has no rule `1`; it has `staff`, `rule-2`, `public`.',
    ],
    [
      'any rule',
      { kind: 'traffic', flag: 'switch', rule: '1', traffic: 1 },
      'The flag `switch` has no rule `1`; it has none.',
    ],
  ]

  it.each(missing)('%s that is not there is named, and what there is', (_, operation, detail) => {
    const found = findFlag(SHOP, operation.flag)
    if (found === undefined) throw new Error('the flag is not found')
    expect(edit(found, operation, NOW)).toEqual({ kind: 'not-there', detail })
  })
})

describe('every flag of the storefront', () => {
  it('can be killed, and the one flag alone tells the same differences as the whole definition', async () => {
    const control = await loadControl()
    const keys = flagKeys(storefront)
    let killed = 0
    for (const key of keys) {
      const found = findFlag(storefront, key)
      if (found === undefined) throw new Error(`${key} is not found`)
      const edited = edit(found, { kind: 'kill', flag: key }, NOW)
      if (edited.kind !== 'edited') continue
      const definition = splice(storefront, found.span, edited.text)
      expect(control.validate(definition), key).toEqual([])
      const alone = control.diff(definitionOf(key, found.text), definitionOf(key, edited.text))
      expect(alone).toEqual(control.diff(storefront, definition))
      expect(alone).toHaveLength(1)
      killed += 1
    }
    expect(killed).toBeGreaterThan(10)
  })
})

describe('the changes that are kept', () => {
  const change = (what: string) => ({ of: 'flag', name: 'a', path: 'flags.a', what }) as const

  it('are all of them, where they are few', () => {
    expect(brief([change('one'), change('two')])).toEqual({ changes: [change('one'), change('two')], changeCount: 2 })
  })

  it('are the first that fit into 64 KiB, each cut to what is read', () => {
    const many = Array.from({ length: 20_000 }, () => change('å'.repeat(5000)))
    const { changes, changeCount } = brief(many)
    expect(changeCount).toBe(20_000)
    expect(changes[0]?.what).toBe(`${'å'.repeat(1000)}…`)
    expect(new TextEncoder().encode(JSON.stringify(changes)).byteLength).toBeLessThan(70_000)
    expect(changes.length).toBeGreaterThan(20)
  })
})
