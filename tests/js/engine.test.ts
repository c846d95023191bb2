import { type Context, type Control, type Engine, loadControl, loadEngine, type Outcome } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { asks, compile, define, gives, storefront } from './support/definition.ts'

const flags = {
  object: gives('object', { list: [1, { deep: ['x'] }], nothing: null, ...JSON.parse('{"toString": {"own": []}}') }),
  'object-asked': {
    type: 'object',
    variants: { small: { size: { width: 1 } }, large: { size: { width: 9 } } },
    safe: 'small',
    rules: [{ where: { country: 'SE' }, serve: 'large' }],
  },
  settled: gives('number', 7),
  killed: { ...asks({ country: 'SE' }), state: 'killed' },
  swedish: asks({ country: 'SE' }),
  windowed: {
    ...asks(undefined),
    rules: [{ id: 'november', from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', serve: 'yes' }],
  },
  split: { ...asks(undefined), rules: [{ id: 'half', split: { yes: 50, no: 50 } }] },
}
const artefacts = ['engine', 'control'] as const

let control: Control
let snapshot: Uint8Array
const loaded = {} as Record<(typeof artefacts)[number], Engine>

beforeAll(async () => {
  control = await loadControl()
  snapshot = await compile(define(flags))
  loaded.engine = await loadEngine(snapshot)
  loaded.control = control.load(snapshot)
})

function frozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(frozenThroughout)
}

describe.each(artefacts)('outcomes, on the %s artefact', (artefact) => {
  const sweden = { userId: 'u-1', country: 'SE' }

  it.each(Object.keys(flags))('of %s are frozen throughout, and the same object each time', (flag) => {
    const engine = loaded[artefact]
    const outcome = engine.evaluate(flag, sweden)
    expect(outcome.reason).not.toBe('ERROR')
    expect(frozenThroughout(outcome)).toBe(true)
    const prepared = engine.prepare({ ...sweden })
    expect(engine.evaluate(flag, prepared)).toBe(outcome)
    expect(engine.evaluateAll(prepared).find((one) => one.flag === flag)).toBe(outcome)
    expect(engine.evaluate(flag, sweden)).toBe(outcome)
  })

  it('of flags that do not exist are frozen too', () => {
    const outcome = loaded[artefact].evaluate('no-such-flag', sweden)
    expect(outcome).toEqual({
      flag: 'no-such-flag',
      value: null,
      variant: null,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: 'there is no flag `no-such-flag` in this snapshot',
    })
    expect(Object.isFrozen(outcome)).toBe(true)
  })

  it('come in the order of the keys, for all flags at once', () => {
    const engine = loaded[artefact]
    expect(engine.flags).toEqual(Object.keys(flags).sort())
    expect(engine.evaluateAll({}).map(({ flag }) => flag)).toEqual(engine.flags)
  })

  it('are none where there are no flags', async () => {
    const empty = await compile(define({}))
    const engine = artefact === 'engine' ? await loadEngine(empty) : control.load(empty)
    expect(engine.flags).toEqual([])
    expect(engine.evaluateAll({ country: 'SE' })).toEqual([])
  })

  it('depend on the instant, and on the clock where none is given', () => {
    const engine = loaded[artefact]
    const at = (time: string) => engine.evaluate('windowed', {}, Date.parse(time)).value
    expect(at('2026-10-31T23:59:59.999Z')).toBe(false)
    expect(at('2026-11-01T00:00:00Z')).toBe(true)
    expect(at('2026-12-01T00:00:00Z')).toBe(false)
    expect(engine.evaluate('windowed', {})).toBe(engine.evaluate('windowed', {}, Date.now()))
  })

  it('say so when the instant is no number, which no rule could begin or end at', async () => {
    const engine = loaded[artefact]
    const refused = { reason: 'ERROR', errorCode: 'GENERAL', errorMessage: expect.stringContaining('no instant') }
    expect(engine.evaluate('windowed', {}, Number.NaN)).toMatchObject(refused)
    expect(engine.evaluateAll({}, Number.NaN).every(({ errorCode }) => errorCode === 'GENERAL')).toBe(true)
    expect(await engine.explain('windowed', {}, Number.NaN)).toMatchObject(refused)
  })

  it('of another engine of the same snapshot are equal', async () => {
    const other = await loadEngine(snapshot)
    expect(other.evaluateAll(sweden, 0)).toEqual(loaded[artefact].evaluateAll(sweden, 0))
  })

  it('keep their names after the host changed the list of flags, or the bytes of the snapshot', async () => {
    const bytes = snapshot.slice()
    const engine = artefact === 'engine' ? await loadEngine(bytes) : control.load(bytes)
    bytes.fill(0)
    expect(() => (engine.flags as string[]).reverse()).toThrow(TypeError)
    expect(engine.evaluate('swedish', sweden)).toMatchObject({ flag: 'swedish', value: true })
    expect((await engine.explain('swedish', sweden)).value).toBe(true)
  })
})

describe.each(artefacts)('all flags at once, on the %s artefact', (artefact) => {
  const contexts = [{ userId: 'u-1', country: 'SE' }, { userId: 'u-2', country: 'NO' }, {}]
  const now = Date.parse('2026-11-21T12:00:00Z')

  it.each(contexts)('give as values and as indices what they give as outcomes, for %o', (context) => {
    const engine = loaded[artefact]
    for (const given of [context, engine.prepare(context)]) {
      const outcomes = engine.evaluateAll(given, now)
      expect(engine.values(given, now)).toEqual(Object.fromEntries(outcomes.map(({ flag, value }) => [flag, value])))
      const indices = Array.from(engine.indices(given, now))
      expect(indices.map((index, at) => engine.variants(engine.flags[at] ?? '')[index])).toEqual(
        outcomes.map(({ variant }) => variant),
      )
    }
  })

  it.each(contexts)('give as numbers what they give as outcomes, the very same objects, for %o', (context) => {
    const engine = loaded[artefact]
    for (const given of [context, engine.prepare(context)]) {
      const codes = Array.from(engine.codes(given, now) ?? [])
      expect(codes).toHaveLength(engine.flags.length)
      engine.evaluateAll(given, now).forEach((outcome, at) => {
        expect(engine.outcomeOf(at, codes[at] ?? 0)).toBe(outcome)
      })
    }
  })

  it('say with no number what is not there, and nothing at all where the context is none', () => {
    const engine = loaded[artefact]
    for (const at of [-1, engine.flags.length, 0.5, Number.NaN]) {
      expect(engine.outcomeOf(at, 0)).toMatchObject({ reason: 'ERROR', errorCode: 'GENERAL', value: null })
    }
    expect(engine.codes(null as unknown as Context)).toBeUndefined()
    expect(engine.codes({}, Number.NaN)).toBeUndefined()
  })

  it('give the same view of memory each time', () => {
    const engine = loaded[artefact]
    const first = engine.indices({ country: 'SE' })
    const before = Array.from(first)
    expect(engine.indices({ country: 'NO' })).toBe(first)
    expect(Array.from(first)).not.toEqual(before)
  })

  it('have no answers where the context is none, or the instant', () => {
    const engine = loaded[artefact]
    const none = engine.flags.map(() => 0xffff)
    for (const [context, at] of [
      [null, now],
      [[], now],
      [{}, Number.NaN],
    ] as const) {
      const given = context as unknown as Context
      expect(Array.from(engine.indices(given, at))).toEqual(none)
      expect(Object.values(engine.values(given, at))).toEqual(none.map(() => null))
    }
  })

  it('name the variants of a flag, frozen, and none of a flag that is not there', () => {
    const engine = loaded[artefact]
    expect(engine.variants('swedish')).toEqual(['yes', 'no'])
    expect(engine.variants('swedish')).toBe(engine.variants('swedish'))
    expect(Object.isFrozen(engine.variants('swedish'))).toBe(true)
    expect(engine.variants('no-such-flag')).toEqual([])
  })
})

describe('a flag that this version cannot understand', () => {
  it('has no index and no value among all the others', async () => {
    const definition = define({
      a: gives('number', 7),
      broken: { ...asks({ country: 'SE' }), safe: 'none' },
      c: gives('number', 9),
    })
    const { snapshot, issues } = control.compile(definition)
    expect(issues).toHaveLength(1)
    const engine = await loadEngine(snapshot ?? new Uint8Array())
    expect(Array.from(engine.indices({}))).toEqual([0, 0xffff, 0])
    expect(engine.values({})).toEqual({ a: 7, broken: null, c: 9 })
  })
})

describe('the document', () => {
  it('tells its environment and revision, also a large one', async () => {
    const revision = Number.MAX_SAFE_INTEGER
    const engine = await loadEngine(await compile(define({}, { environment: 'eu:office', revision })))
    expect(engine.environment).toBe('eu:office')
    expect(engine.revision).toBe(revision)
  })

  it('may have texts beyond ASCII, whose places are counted in UTF-16', async () => {
    const odd = {
      type: 'string',
      variants: { before: '🜁 Æ', after: '水' },
      safe: 'after',
      rules: [{ id: 'asked', where: { 城市: '東京 𝔯' }, serve: 'before' }],
    }
    const engine = await loadEngine(await compile(define({ a: odd, b: gives('string', '🜁') })))
    expect(engine.evaluate('a', { 城市: '東京 𝔯' })).toMatchObject({ variant: 'before', value: '🜁 Æ', rule: 'asked' })
    expect(engine.evaluate('a', {})).toMatchObject({ variant: 'after', value: '水' })
    expect(engine.evaluate('b', {})).toMatchObject({ variant: 'only', value: '🜁' })
  })
})

describe('a prepared context', () => {
  const swedish = (engine: Engine, context: ReturnType<Engine['prepare']>) => engine.evaluate('swedish', context).value

  it('is what it was when it was prepared', async () => {
    const context = { country: 'SE' }
    const prepared = loaded.engine.prepare(context)
    context.country = 'NO'
    expect(swedish(loaded.engine, prepared)).toBe(true)
    expect(swedish(loaded.engine, loaded.engine.prepare(context))).toBe(false)
  })

  it('may be used with several engines in turn, on both artefacts', async () => {
    const other = await loadEngine(
      await compile(define({ other: asks({ plan: 'pro' }), swedish: asks({ country: 'NO' }) })),
    )
    const prepared = loaded.engine.prepare({ country: 'SE', plan: 'pro' })
    for (let round = 0; round < 3; round++) {
      expect(swedish(loaded.engine, prepared)).toBe(true)
      expect(other.evaluate('other', prepared).value).toBe(true)
      expect(swedish(other, prepared)).toBe(false)
      expect(swedish(loaded.control, prepared)).toBe(true)
    }
  })

  it('may be used after it was freed, and freed again', () => {
    const prepared = loaded.engine.prepare({ country: 'SE' })
    for (let round = 0; round < 3; round++) {
      prepared.free()
      prepared.free()
      expect(swedish(loaded.engine, prepared)).toBe(true)
    }
  })

  it('outlives its engine, and its engine outlives it', async () => {
    const mine = await loadEngine(snapshot)
    const prepared = mine.prepare({ country: 'SE' })
    expect(swedish(mine, prepared)).toBe(true)
    mine.free()
    expect(mine.evaluate('swedish', prepared).errorCode).toBe('GENERAL')
    expect(swedish(loaded.engine, prepared)).toBe(true)
    prepared.free()
    expect(loaded.engine.evaluate('swedish', { country: 'SE' }).value).toBe(true)
  })

  it('with something wrong in it says so at each evaluation', () => {
    const prepared = loaded.engine.prepare({ country: 'x'.repeat(70_000) })
    for (let round = 0; round < 3; round++) {
      expect(loaded.engine.evaluate('swedish', prepared).errorCode).toBe('INVALID_CONTEXT')
    }
  })

  it('of another package, or anything with the same method, is a context like any other', () => {
    const lookalike = { country: 'SE', free: () => {} }
    expect(swedish(loaded.engine, lookalike)).toBe(true)
  })
})

describe('an engine that was freed', () => {
  it('answers GENERAL, whatever is asked, and can be freed again', async () => {
    const engine = await loadEngine(snapshot)
    const prepared = engine.prepare({ country: 'SE' })
    engine.evaluate('swedish', prepared)
    engine.free()
    engine.free()
    const refused = (outcome: Outcome) =>
      expect(outcome).toMatchObject({ reason: 'ERROR', errorCode: 'GENERAL', value: null })
    for (const flag of Object.keys(flags)) {
      refused(engine.evaluate(flag, { country: 'SE' }))
      refused(engine.evaluate(flag, prepared))
    }
    expect(engine.evaluateAll({})).toHaveLength(Object.keys(flags).length)
    engine.evaluateAll({}).forEach(refused)
    expect(engine.evaluate('swedish', {}).errorMessage).toContain('freed')
    refused(engine.evaluate('no-such-flag', {}))
    expect(await engine.explain('swedish', {})).toMatchObject({ reason: 'ERROR', errorCode: 'GENERAL', steps: [] })
    expect(Array.from(engine.indices({}))).toEqual(Object.keys(flags).map(() => 0xffff))
    expect(Object.values(engine.values({}))).toEqual(Object.keys(flags).map(() => null))
    expect(engine.codes({})).toBeUndefined()
    refused(engine.outcomeOf(0, 0))
    expect(engine.variants('swedish')).toEqual([])
    expect(() => engine.prepare({ country: 'SE' }).free()).not.toThrow()
    expect(engine.flags).toEqual(loaded.engine.flags)
  })

  it('does not disturb engines beside it', async () => {
    const engines = await Promise.all([snapshot, snapshot, snapshot].map(loadEngine))
    engines[1]?.free()
    for (const engine of [engines[0], engines[2]])
      expect(engine?.evaluate('swedish', { country: 'SE' }).value).toBe(true)
  })
})

describe('explain', () => {
  it('tells the same as evaluate for the storefront, flag by flag', async () => {
    const engine = await loadEngine(await compile(storefront))
    const context = { userId: 'u-7', country: 'SE', plan: 'pro', appVersion: '4.2.0', basket: { total: 120 } }
    const now = Date.parse('2026-11-21T12:00:00Z')
    expect(engine.flags.length).toBeGreaterThan(24)
    for (const flag of engine.flags) {
      const { steps, ...answer } = await engine.explain(flag, context, now)
      expect(answer).toEqual(engine.evaluate(flag, context, now))
      expect(steps.filter(({ decided }) => decided)).toHaveLength(1)
    }
  })

  it('names each condition that was put, and what the context had', async () => {
    const { steps } = await loaded.engine.explain('swedish', { country: 'NO' })
    expect(steps).toMatchObject([
      { step: 'rule', rule: 'asked', decided: false, tests: [{ held: false, asked: 'country is "SE"' }] },
      { step: 'otherwise', decided: true },
    ])
    expect(steps[0]?.tests[0]?.because).toContain('"NO"')
  })

  it('refuses bytes that are no snapshot when control is asked', () => {
    expect(() => control.explain(new Uint8Array(9), 'swedish', {})).toThrow(/not a Fader snapshot/)
  })
})
