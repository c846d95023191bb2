import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type Control, loadControl } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'

const casesPath = new URL('../cases/', import.meta.url)
const examplesPath = new URL('../../examples/', import.meta.url)

let control: Control
let accepts: (definition: unknown) => boolean

beforeAll(async () => {
  control = await loadControl()
  // Strict: a word of the schema that does nothing is a fault of the schema.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
  const validate = ajv.compile(control.schema())
  accepts = (definition) => validate(definition)
})

const jsonIn = (folder: URL) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))] as const)

const issuesOf = (definition: unknown) => control.validate(JSON.stringify(definition)).map(({ path }) => path)

const flag = (more: object = {}) => ({
  type: 'boolean',
  variants: { on: true, off: false },
  safe: 'off',
  ...more,
})
const definition = (flags: object, more: object = {}) => ({ format: 1, environment: 'test', flags, ...more })
const rules = (...rules: unknown[]) => definition({ f: flag({ rules }), g: flag() }, parts)
const where = (condition: unknown) => rules({ where: condition, serve: 'on' })
const ramp = (more: object) => definition({ f: flag({ rules: [{ id: 'r', serve: 'on' }], ramp: more }) }, parts)
const parts = {
  segments: { staff: { include: ['u-1', 7] } },
  layers: { l: {} },
  holdouts: { h: { percent: 2.5 } },
  metrics: { m: { kind: 'amount', worse: 'fewer' } },
}

describe('the schema accepts what has no issues', () => {
  it('of the golden cases and the examples', () => {
    const golden = jsonIn(casesPath).map(([name, file]) => [name, file.definition] as const)
    const all = [...golden, ...jsonIn(examplesPath)].filter(([, json]) => issuesOf(json).length === 0)
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter(([, json]) => !accepts(json)).map(([name]) => name)).toEqual([])
  })

  it('of the page that describes definitions', () => {
    const page = readFileSync(new URL('../../docs/definition.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```json\n([^`]*)```/g)].map(([, text]) => JSON.parse(text as string))
    const whole = examples.filter((json) => json.format === 1)
    expect(whole.length).toBeGreaterThan(0)
    expect(whole.map((json) => [issuesOf(json), accepts(json)])).toEqual(whole.map(() => [[], true]))
  })

  const scalars = { equals: 'x', in: ['x', 1, true], exists: false, not: { in: ['y'] } }
  const numbers = { lessThan: 1, atMost: 1, greaterThan: 0, atLeast: 0, between: [0, 1], modulo: [10, -3] }
  const texts = {
    startsWith: 'x',
    endsWith: ['x', 'y'],
    contains: 'x',
    semver: '^2.1',
    matches: '^x',
    ignoreCase: true,
  }
  const times = {
    before: '2026-11-01T00:00:00Z',
    after: 1_795_000_000_000,
    within: { last: '30d' },
    weekday: { days: ['mon'], offset: '+01:00' },
    hour: [22, 6],
  }
  const lists = {
    anyOf: ['x'],
    allOf: ['x'],
    noneOf: ['x'],
    size: { atLeast: 2 },
    some: { total: { greaterThan: 100 }, status: 'paid' },
    every: { any: ['x', { startsWith: 'y' }, { not: { status: 'paid' } }] },
  }
  const good: [string, () => object][] = [
    ['operators on values', () => where({ a: scalars })],
    ['operators on numbers', () => where({ a: numbers })],
    ['operators on strings', () => where({ a: texts })],
    ['operators on instants', () => where({ $now: times, a: { within: [0, '2026-11-01T00:00:00+01:00'] } })],
    ['operators on lists', () => where({ a: lists, b: { size: 3, some: { attribute: 'size', equals: 3 } } })],
    [
      'networks and shares',
      () => where({ a: { cidr: ['10.0.0.0/8', '::1'] }, b: { percent: { salt: 's', range: [0, 20] } } }),
    ],
    [
      'combinators',
      () => where({ all: [{ segment: ['staff'] }], any: [{ a: ['x', 1] }], not: { flag: { g: ['on'] } } }),
    ],
    ['the long form', () => where({ attribute: 'all', equals: 'x' })],
    ['an attribute named attribute', () => where({ attribute: { equals: 'x' } })],
    ['a layer', () => rules({ layer: { name: 'l', range: [0, 50] }, split: { on: 1, off: 2.5 } })],
    ['an unfinished ramp', () => ramp({ rule: 'r', stages: [{ segment: 'staff' }, { percent: 1, bake: '10m' }] })],
    [
      'a ramp',
      () =>
        ramp({
          rule: 'r',
          mode: 'advise',
          stages: [{ percent: 1 }],
          stage: 0,
          since: 0,
          guardrails: ['m'],
          onHarm: 'hold',
        }),
    ],
    [
      'everything of a flag',
      () =>
        definition(
          {
            f: flag({
              description: 'd',
              owner: 'o',
              tags: ['t'],
              reveal: 'value',
              unit: 'orgId',
              otherwise: 'on',
              state: 'killed',
              overrides: { on: ['u-1', 7] },
              requires: { g: 'a' },
              holdout: 'h',
              sticky: true,
              stability: 'session',
            }),
            g: { type: 'object', variants: { a: {}, b: [] }, safe: 'a' },
          },
          { ...parts, $schema: './fader.schema.json', revision: 7 },
        ),
    ],
  ]
  it.each(good)('%s', (_, make) => {
    const made = make()
    expect([issuesOf(made), accepts(made)]).toEqual([[], true])
  })

  /** Things that stand where something else is wanted, more often than not. */
  const others = [null, true, 7, -1, 0.000001, '', 'x', 'a b', '$x', [], ['x'], {}, { x: 'x' }]

  it.each(good)('and is nowhere stricter than validate: %s', (_, make) => {
    let rejected = 0
    for (const [path, changed] of changesOf(make(), others)) {
      if (accepts(changed)) continue
      rejected++
      expect(issuesOf(changed), `${path} of ${JSON.stringify(changed)}`).not.toEqual([])
    }
    expect(rejected).toBeGreaterThan(50)
  })
})

/** A definition with each of its parts, one at a time, left out or replaced by each of some others. */
function* changesOf(json: unknown, others: readonly unknown[], path = ''): Generator<[string, unknown]> {
  for (const other of others) yield [path, other]
  if (typeof json !== 'object' || json === null) return
  for (const [name, value] of Object.entries(json)) {
    const put = (changed: unknown) =>
      Array.isArray(json)
        ? json.map((item, at) => (at === Number(name) ? changed : item))
        : { ...json, [name]: changed }
    for (const [inner, changed] of changesOf(value, others, `${path}/${name}`)) yield [inner, put(changed)]
    const { [name]: _, ...rest } = json as Record<string, unknown>
    if (!Array.isArray(json)) yield [`${path}/${name}`, rest]
  }
}

describe('the schema rejects what is of the wrong shape, and so does validate', () => {
  const wrong: [string, () => unknown][] = [
    ['no object', () => []],
    ['no format', () => ({ environment: 'test', flags: {} })],
    ['another format', () => ({ format: 2, environment: 'test', flags: {} })],
    ['a name that is none', () => ({ format: 1, environment: 'a b', flags: {} })],
    ['a field that is none', () => definition({}, { flag: {} })],
    ['a key that is none', () => definition({ 'a b': flag() })],
    ['a flag without variants', () => definition({ f: { type: 'boolean', safe: 'on' } })],
    ['a flag with no variants', () => definition({ f: flag({ variants: {} }) })],
    ['a variant whose name is a number', () => definition({ f: flag({ variants: { off: false, 2: true } }) })],
    ['a value of another type', () => definition({ f: flag({ variants: { on: 1, off: false } }) })],
    ['a type that is none', () => definition({ f: flag({ type: 'bool' }) })],
    ['a state that is none', () => definition({ f: flag({ state: 'paused' }) })],
    ['a requirement of nothing', () => definition({ f: flag({ requires: {} }) })],
    ['a rule that gives nothing', () => rules({})],
    ['a rule that gives twice', () => rules({ serve: 'on', split: { on: 1 } })],
    ['65 rules', () => rules(...Array.from({ length: 65 }, () => ({ serve: 'on' })))],
    ['more than all of the traffic', () => rules({ serve: 'on', traffic: 101 })],
    ['no instant', () => rules({ serve: 'on', from: 'tomorrow' })],
    ['a layer without a range', () => rules({ serve: 'on', layer: { name: 'l' } })],
    ['a holdout without a percentage', () => definition({}, { holdouts: { h: {} } })],
    ['a metric of no kind', () => definition({}, { metrics: { m: { kind: 'count', worse: 'more' } } })],
    ['a ramp without stages', () => ramp({ rule: 'r', stages: [] })],
    ['a stage that adds twice', () => ramp({ rule: 'r', stages: [{ percent: 1, segment: 'staff' }] })],
    ['a stage that bakes for ever', () => ramp({ rule: 'r', stages: [{ percent: 1, bake: 'ever' }] })],
    ['a condition that asks nothing', () => where({})],
    ['an attribute of which nothing is asked', () => where({ a: {} })],
    ['null', () => where({ a: null })],
    ['an empty list', () => where({ a: [] })],
    ['an operator that is none', () => where({ a: { equal: 'x' } })],
    ['an operator that is none, in the long form', () => where({ attribute: 'all', equal: 'x' })],
    ['the long form alone', () => where({ attribute: 'all' })],
    ['a number as a string', () => where({ a: { atLeast: '18' } })],
    ['no conditions', () => where({ all: [] })],
    ['a name that begins with a dollar', () => where({ $then: 1 })],
    ['a path of 17 names', () => where({ [Array(17).fill('a').join('.')]: 1 })],
    ['a long expression', () => where({ a: { matches: 'x'.repeat(513) } })],
    ['101 entries of allOf', () => where({ a: { allOf: Array(101).fill('x') } })],
    ['a day that is none', () => where({ a: { weekday: ['monday'] } })],
    ['an hour that is none', () => where({ a: { hour: [9, 25] } })],
    ['an offset that is none', () => where({ a: { hour: { range: [9, 17], offset: 'CET' } } })],
    ['a span in weeks', () => where({ a: { within: { last: '1w' } } })],
    ['a segment inside a list', () => where({ a: { some: { segment: 'staff' } } })],
    ['a flag deeper inside a list', () => where({ a: { some: { any: [{ flag: { g: 'on' } }] } } })],
    ['an operator of elements with a wrong operand', () => where({ a: { some: { exists: 'yes' } } })],
  ]
  it.each(wrong)('%s', (_, make) => {
    const made = make()
    expect([issuesOf(made).length > 0, accepts(made)]).toEqual([true, false])
  })
})

describe('fader schema', () => {
  const folder = new Folder()

  it('prints the schema, with help for editors', async () => {
    const { code, said, errors } = await fader(['schema'])
    expect([code, errors]).toEqual([0, ''])
    expect(JSON.parse(said)).toEqual(control.schema())
    expect(JSON.parse(said).properties.flags.description).toBe('The flags, by key.')
  })

  it('writes it to a file', async () => {
    const file = folder.at('fader.schema.json')
    expect(await fader(['schema', '-o', file])).toMatchObject({ code: 0, said: '' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(control.schema())
    folder.remove()
  })

  it.each([
    [['definition.json'], /no file is read, and definition\.json is one/],
    [['--output'], /--output|-o/],
    [['-o', '/missing/folder/schema.json'], /cannot be written/],
  ])('%j cannot be carried out', async (args, message) => {
    const { code, errors } = await fader(['schema', ...args])
    expect([code, errors]).toEqual([2, expect.stringMatching(message)])
  })
})
