import { loadControl, loadEngine } from 'fader'
import { describe, expect, it } from 'vitest'
import type { Adopted } from '../../worker/src/edge/holding.ts'
import { fingerprintOf, sumOf, tagOf } from '../../worker/src/fingerprint.ts'
import { Answers } from '../../worker/src/ofrep/answers.ts'
import { Bodies } from '../../worker/src/ofrep/bodies.ts'

/** Flags that draw, each for itself, so that hardly two visitors have the same answers. */
async function adoptedWith(flagCount: number, hidden: readonly string[] = []): Promise<Adopted> {
  const flags = Object.fromEntries(
    Array.from({ length: flagCount }, (_, at) => [
      `flag-${at}`,
      {
        type: 'string',
        reveal: 'value',
        variants: { a: `ä-${at}`, b: `"${at}"`, c: '' },
        safe: 'a',
        rules: [{ id: 'draw', split: { a: 34, b: 33, c: 33 } }],
      },
    ]),
  )
  const { snapshot = new Uint8Array() } = (await loadControl()).compile(
    JSON.stringify({ format: 1, environment: 'pieces', flags }),
  )
  const engine = await loadEngine(snapshot)
  const revealed = new Map(
    engine.flags.filter((flag) => !hidden.includes(flag)).map((flag) => [flag, 'value' as const]),
  )
  const document = { bytes: snapshot, statement: '', digest: '', etag: '' }
  return { revision: 7, engine, revealed, edge: document, client: document, reveal: document }
}

/** The same body, written plainly. */
function plainly({ engine, revealed, revision }: Adopted, context: Record<string, unknown>, stale: boolean): string {
  const metadata = { version: String(revision), ...(stale ? { stale } : {}) }
  const outcomes = engine.evaluateAll(context).filter(({ flag }) => revealed.has(flag))
  const flags = outcomes.map(({ flag, reason, value, variant, rule }) => {
    return { key: flag, reason, value, variant, metadata: { ...metadata, ...(rule === undefined ? {} : { rule }) } }
  })
  return JSON.stringify({ flags, metadata: { ...metadata, flagSetId: engine.environment } })
}

describe('an answer that is put together of pieces', () => {
  it.each([0, 1, 3, 4, 5, 17, 64])('is the one that is written plainly, with %i flags', async (count) => {
    const adopted = await adoptedWith(count)
    const answers = new Answers()
    const tags = new Map<string, string>()
    for (let number = 0; number < 300; number += 1) {
      const context = { userId: `u-${number % 150}` }
      const stale = number % 3 === 0
      const { body, etag } = answers.all({ adopted, stale }, context, '')
      expect(body).toBe(plainly(adopted, context, stale))
      expect(tags.get(body) ?? etag).toBe(etag)
      tags.set(body, etag)
    }
    expect(new Set(tags.values()).size).toBe(tags.size)
  })

  it('leaves out what is not revealed, wherever it stands', async () => {
    for (const hidden of [['flag-0'], ['flag-1', 'flag-4'], ['flag-9', 'flag-8', 'flag-0', 'flag-5']]) {
      const adopted = await adoptedWith(10, hidden)
      for (const userId of ['u-1', 'u-2', 'u-3']) {
        const { body } = new Answers().all({ adopted, stale: false }, { userId }, '')
        expect(body).toBe(plainly(adopted, { userId }, false))
        for (const flag of hidden) expect(body).not.toContain(`"${flag}"`)
      }
    }
  })

  it('is counted by the outcomes in it, whatever was kept of it, and once', async () => {
    const adopted = await adoptedWith(600)
    const answers = new Answers()
    // More pieces than are kept, so that some are counted as they make room.
    for (let number = 0; number < 200; number += 1) {
      answers.all({ adopted, stale: number % 2 === 0 }, { userId: `u-${number}` }, '')
    }
    answers.all({ adopted, stale: false }, {}, '')
    answers.all({ adopted, stale: false }, { userId: 'x'.repeat(100_000) }, '')
    const next = await adoptedWith(6)
    answers.all({ adopted: next, stale: false }, { userId: 'u-1' }, '')
    expect(Object.fromEntries(answers.counted())).toEqual({
      SPLIT: 200 * 600 + 6,
      DEFAULT: 600,
      INVALID_CONTEXT: 600,
    })
    expect(answers.counted().size).toBe(0)
  })

  it('is of the revision that it is asked of', async () => {
    const answers = new Answers()
    const [first, second] = [await adoptedWith(6), { ...(await adoptedWith(6)), revision: 8 }]
    for (const adopted of [first, second, first, second]) {
      const context = { userId: 'u-1' }
      expect(answers.all({ adopted, stale: false }, context, '').body).toBe(plainly(adopted, context, false))
    }
  })

  it('says of each flag why, where the engine has no answer', async () => {
    const adopted = await adoptedWith(6)
    const context = { userId: 'x'.repeat(100_000) }
    const { body, etag } = new Answers().all({ adopted, stale: false }, context, '')
    const { flags } = JSON.parse(body) as { flags: unknown[] }
    expect(flags).toHaveLength(6)
    for (const flag of flags) expect(flag).toMatchObject({ errorCode: 'INVALID_CONTEXT', metadata: { version: '7' } })
    expect(etag).not.toBe(new Answers().all({ adopted, stale: false }, {}, '').etag)
  })
})

describe('whole bodies', () => {
  it('are made once where they are asked for again, and kept for few', () => {
    const bodies = new Bodies()
    let made = 0
    const get = (etag: string) =>
      bodies.get(etag, () => {
        made += 1
        return `body of ${etag}`
      })
    for (let time = 0; time < 10; time += 1) expect(get('a')).toBe('body of a')
    expect(made).toBe(2)
    for (let number = 0; number < 1000; number += 1) get(`once-${number}`)
    expect(bodies.size).toBe(1)
    for (let number = 0; number < 1000; number += 1) for (let time = 0; time < 3; time += 1) get(`thrice-${number}`)
    expect(bodies.size).toBe(64)
    made = 0
    expect(get('thrice-999')).toBe('body of thrice-999')
    expect(made).toBe(0)
  })

  it('that are very long are not kept', () => {
    const bodies = new Bodies()
    for (let time = 0; time < 5; time += 1) bodies.get('a', () => 'x'.repeat(100_000))
    expect(bodies.size).toBe(0)
  })
})

describe('a fingerprint', () => {
  it('is another for each of many texts that are alike, in each of its parts', () => {
    const texts = Array.from({ length: 20_000 }, (_, at) => `{"key":"flag-${at}","value":${at % 2 === 0}}`)
    const prints = texts.map(fingerprintOf)
    expect(new Set(prints.map(tagOf)).size).toBe(texts.length)
    for (const part of ['a', 'b', 'c', 'd'] as const) {
      expect(new Set(prints.map((print) => print[part])).size).toBeGreaterThan(texts.length - 5)
    }
  })

  it('of a list is another when one of its texts is', () => {
    const list = Array.from({ length: 50 }, (_, at) => fingerprintOf(`text ${at}`))
    const tags = list.map((_, at) => {
      const other = fingerprintOf(`other ${at}`)
      return tagOf(sumOf(list.map((print, place) => (place === at ? other : print))))
    })
    expect(new Set([...tags, tagOf(sumOf(list))]).size).toBe(51)
  })

  it('tells texts of which one is the beginning of the other', () => {
    const texts = ['', '\0', '\0\0', 'a', 'a\0', 'ab', 'ab\0', 'abc', '\ud800', '\ud800\0']
    expect(new Set(texts.map((text) => tagOf(fingerprintOf(text)))).size).toBe(texts.length)
  })
})
