import { type Context, type Engine, type Explanation, loadEngine, type Outcome } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'

const KIBIBYTE = 1024

/** One flag for each attribute, named as the attribute: it gives `yes` where the attribute exists. */
const existing = ['country', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'basket.total', 'n']
const flags = {
  ...Object.fromEntries(existing.map((name, at) => [`has-${at}`, asks({ [name]: { exists: true } })])),
  settled: gives('string', 'always'),
  text: asks({ text: { endsWith: '!' } }),
  exactly: asks({ text: 'Ægir 🜁 \u{10ffff}' }),
  replaced: asks({ text: 'a\ufffdb' }),
  more: asks({ more: { endsWith: '!' } }),
  number: asks({ n: { greaterThan: 5 } }),
}
const keyOf = (name: string) => `has-${existing.indexOf(name)}`

let engine: Engine

beforeAll(async () => {
  engine = await loadEngine(await compile(define(flags)))
})

/** Asks in every way there is, and gives the outcome when all agree. */
async function ask(flag: string, context: unknown): Promise<Outcome> {
  const given = context as Context
  const alone = engine.evaluate(flag, given)
  const prepared = engine.prepare(given)
  const others: (Outcome | undefined)[] = [
    engine.evaluate(flag, prepared),
    engine.evaluateAll(given).find((outcome) => outcome.flag === flag),
    engine.evaluateAll(prepared).find((outcome) => outcome.flag === flag),
    answerOf(await engine.explain(flag, given)),
  ]
  prepared.free()
  for (const other of others) expect({ ...other, errorMessage: '' }).toEqual({ ...alone, errorMessage: '' })
  return alone
}

function answerOf({ steps, ...answer }: Explanation): Outcome {
  if (answer.reason !== 'ERROR') expect(steps.length).toBeGreaterThan(0)
  return answer
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const fail = () => {
  throw new Error('boom')
}
const throwing = (thrown: unknown) => ({
  get country(): string {
    throw thrown
  },
})

describe('a context that is no object is answered with INVALID_CONTEXT', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an array', [{ country: 'SE' }]],
    ['a string', 'SE'],
    ['a number', 7],
    ['a boolean', true],
    ['a function', () => ({ country: 'SE' })],
    ['a symbol', Symbol('context')],
    ['a big integer', 7n],
  ])('%s', async (_, context) => {
    for (const flag of ['settled', keyOf('country')]) {
      const outcome = await ask(flag, context)
      expect(outcome).toMatchObject({ flag, value: null, variant: null, reason: 'ERROR', errorCode: 'INVALID_CONTEXT' })
      expect(outcome.errorMessage).toContain('no object')
    }
  })

  it('but objects without a prototype, and of a class of the host, are contexts', async () => {
    const bare: Context = Object.assign(Object.create(null), { country: 'SE' })
    class Visitor {
      get country() {
        return 'SE'
      }
    }
    expect((await ask(keyOf('country'), bare)).value).toBe(true)
    expect((await ask(keyOf('country'), new Visitor())).value).toBe(true)
  })
})

describe('a context that cannot be read is answered, and does not throw', () => {
  it.each([
    ['a revoked proxy', revoked()],
    ['a getter that throws an error', throwing(new Error('boom'))],
    ['a getter that throws a string', throwing('boom')],
    ['a getter that throws what has no words', throwing(Object.create(null))],
    ['a getter that throws a revoked proxy', throwing(revoked())],
    ['a proxy whose traps all throw', new Proxy({}, new Proxy({}, { get: () => fail }))],
    [
      'a getter that never ends',
      {
        get country(): unknown {
          return Reflect.get(this, 'country')
        },
      },
    ],
  ])('%s', async (_, context) => {
    expect(await ask(keyOf('country'), context)).toMatchObject({ reason: 'ERROR', errorCode: 'INVALID_CONTEXT' })
    expect((await ask(keyOf('country'), { country: 'SE' })).value).toBe(true)
  })

  it('and says what was thrown', () => {
    expect(engine.evaluate(keyOf('country'), throwing(new Error('boom'))).errorMessage).toContain('boom')
  })

  it('and a flag that needs no attributes has its answer anyway', () => {
    expect(engine.evaluate('settled', throwing(new Error('boom'))).value).toBe('always')
  })
})

describe('getters may do what they like', () => {
  it('such as to evaluate with the same engine, which does not disturb the evaluation around it', () => {
    const asked: unknown[] = []
    const context = {
      text: 'said!',
      get more() {
        // Other attributes, and a text that is long enough for other memory.
        asked.push(engine.evaluate('text', { text: 'unsaid', more: 'x'.repeat(40 * KIBIBYTE) }).value)
        return 'more'
      },
    }
    expect(engine.evaluate('text', context).value).toBe(true)
    expect(engine.evaluate('more', context).value).toBe(false)
    expect(asked).toEqual([false, false])
  })

  it('such as to free the engine, which then says that it was freed', async () => {
    const mine = await loadEngine(await compile(define(flags)))
    const context = {
      get country() {
        mine.free()
        return 'SE'
      },
    }
    expect(mine.evaluate(keyOf('country'), context)).toMatchObject({ errorCode: 'GENERAL' })
    expect(engine.evaluate(keyOf('country'), { country: 'SE' }).value).toBe(true)
  })
})

describe('what every object has by nature is absent, and what is its own is there', () => {
  const names = existing.filter((name) => name in Object.prototype)

  it.each(names)('%s', async (name) => {
    expect((await ask(keyOf(name), {})).value).toBe(false)
    expect((await ask(keyOf(name), JSON.parse(`{${JSON.stringify(name)}: "x"}`))).value).toBe(true)
    expect((await ask(keyOf(name), Object.create({}, {}))).value).toBe(false)
  })

  it('also when somebody pollutes the prototype of all objects', async () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>
    prototype.country = 'SE'
    prototype.basket = { total: 7 }
    try {
      expect((await ask(keyOf('country'), {})).value).toBe(false)
      expect((await ask(keyOf('basket.total'), {})).value).toBe(false)
      expect((await ask(keyOf('country'), { country: 'NO' })).value).toBe(true)
    } finally {
      delete prototype.country
      delete prototype.basket
    }
  })
})

describe('text crosses as it is', () => {
  it.each([
    ['not ASCII, and beyond 16 bits', 'exactly', 'Ægir 🜁 \u{10ffff}', true],
    ['the same in another normal form', 'exactly', 'Ægir 🜁 \u{10ffff}'.normalize('NFD').replace('Æ', 'AE'), false],
    ['the first half of a pair, which becomes the replacement character', 'replaced', 'a\ud83db', true],
    ['the second half of a pair', 'replaced', 'a\ude00b', true],
    ['both halves in the wrong order, two characters', 'replaced', 'a\ude00\ud83db', false],
    ['a pair', 'replaced', 'a\ud83d\ude00b', false],
    ['half a pair at the end', 'text', '!\ud83d', false],
    ['half a pair before the end', 'text', '\ud83d!', true],
    ['a zero in the middle', 'text', 'a\0b!', true],
    ['nothing', 'text', '', false],
  ])('%s', async (_, flag, text, expected) => {
    expect((await ask(flag, { text })).value).toBe(expected)
  })
})

describe('64 KiB of text are the most', () => {
  /** As much text as leaves room for one byte. */
  const full = (character: string) => character.repeat((64 * KIBIBYTE - 1) / new TextEncoder().encode(character).length)

  it.each([
    ['just as much, ASCII', { text: `${full('x')}!` }],
    ['just as much, three bytes a character', { text: `${full('水')}!` }],
    ['just as much, in two attributes', { text: `${'x'.repeat(32 * KIBIBYTE - 1)}!`, more: 'y'.repeat(32 * KIBIBYTE) }],
    ['much more, in an attribute that no rule reads', { text: '!', unread: 'x'.repeat(KIBIBYTE * KIBIBYTE) }],
  ])('%s, is answered', async (_, context) => {
    expect((await ask('text', context)).value).toBe(true)
  })

  it.each([
    ['one byte more', { text: `${'x'.repeat(64 * KIBIBYTE)}!` }],
    ['one byte more, not ASCII', { text: `å${'x'.repeat(64 * KIBIBYTE - 2)}!` }],
    ['one byte more, in two attributes', { text: 'x'.repeat(32 * KIBIBYTE), more: 'y'.repeat(32 * KIBIBYTE + 1) }],
    ['a character that does not fit whole', { text: `${'x'.repeat(64 * KIBIBYTE - 3)}🜁` }],
    ['much more', { text: '🜁'.repeat(KIBIBYTE * KIBIBYTE) }],
  ])('%s, is INVALID_CONTEXT, and the next evaluation works', async (_, context) => {
    const outcome = await ask('text', context)
    expect(outcome).toMatchObject({ reason: 'ERROR', errorCode: 'INVALID_CONTEXT' })
    expect(outcome.errorMessage).toContain('65536 bytes')
    expect(engine.evaluate('text', { text: 'said!' }).value).toBe(true)
    expect(engine.evaluateAll({ text: 'said!' }).find(({ flag }) => flag === 'text')?.value).toBe(true)
  })
})

describe('what is no text, number or boolean', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.country = cyclic

  it.each([
    ['an object', {}, true],
    ['a list', [], true],
    ['a cycle', cyclic, true],
    ['a date', new Date(0), true],
    ['a function', () => 1, true],
    ['a symbol', Symbol('x'), true],
    ['a big integer', 9n, true],
    ['null', null, false],
    ['undefined', undefined, false],
    ['no number', Number.NaN, false],
    ['infinity', Number.POSITIVE_INFINITY, false],
    ['minus infinity', Number.NEGATIVE_INFINITY, false],
    ['minus zero', -0, true],
  ])('%s, is answered alike everywhere', async (_, value, exists) => {
    expect((await ask(keyOf('n'), { n: value })).value).toBe(exists)
    expect((await ask('number', { n: value })).value).toBe(false)
  })
})
