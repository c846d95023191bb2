import { beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../../js/dist/home.js'
import { Entry } from '../../js/dist/snapshot.js'
import { asks, compile, define } from './support/definition.ts'
import { openInstance } from './support/instance.ts'

/** The codes of reasons and arms, and where they stand in what the engine returns. */
const TARGETING_MATCH = 2 << 24
const SPLIT = 3 << 24
const arm = (code: number) => code << 27
const KEEP = 1 << 29
const RULE = 1 << 16

let entry: Entry
let home: Home

beforeAll(async () => {
  const snapshot = await compile(define({ swedish: asks({ country: 'SE' }) }))
  openInstance().instance.attempt((artefact) => {
    home = new Home(artefact, snapshot)
    entry = new Entry(home, 'swedish', 0)
  })
})

describe('what the engine returns, in words', () => {
  const yes = { flag: 'swedish', value: true, variant: 'yes' }

  it.each([
    [TARGETING_MATCH | RULE, { ...yes, reason: 'TARGETING_MATCH', rule: 'asked' }],
    [TARGETING_MATCH, { ...yes, reason: 'TARGETING_MATCH' }],
    [SPLIT | RULE | arm(1), { ...yes, reason: 'SPLIT', rule: 'asked', arm: 'treated' }],
    [SPLIT | RULE | arm(2), { ...yes, reason: 'SPLIT', rule: 'asked', arm: 'control' }],
    [SPLIT | arm(3), { ...yes, reason: 'SPLIT', arm: 'outside' }],
    [SPLIT | arm(1) | KEEP, { ...yes, reason: 'SPLIT', arm: 'treated', sticky: true }],
    [SPLIT | KEEP, { ...yes, reason: 'SPLIT', sticky: true }],
    [1 | SPLIT | KEEP, { flag: 'swedish', value: false, variant: 'no', reason: 'SPLIT', sticky: true }],
  ])('%i', (packed, outcome) => {
    expect(entry.outcome(home, packed)).toStrictEqual(outcome)
  })

  it('is the same object each time, however many outcomes give that variant', () => {
    const packed = [SPLIT, SPLIT | KEEP, SPLIT | arm(1), SPLIT | arm(2), TARGETING_MATCH, 1 | SPLIT]
    const outcomes = packed.map((one) => entry.outcome(home, one))
    expect(new Set(outcomes).size).toBe(packed.length)
    packed.forEach((one, at) => {
      expect(entry.outcome(home, one)).toBe(outcomes[at])
    })
  })
})
