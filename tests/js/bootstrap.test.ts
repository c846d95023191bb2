import { bootstrapOf, bootstrapScript, type Context, createClient, loadEngine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { outcomesOf, readBootstrap } from '../../js/dist/bootstrap.js'
import { asks, compile, define, gives } from './support/definition.ts'
import { bodyAnswer, TestServer } from './support/server.ts'

let snapshot: Uint8Array
beforeAll(async () => {
  const ramp = {
    ...asks({ country: 'SE' }),
    unit: 'userId',
    ramp: { rule: 'asked', stage: 0, stages: [{ percent: 50 }] },
  }
  snapshot = await compile(
    define({ swedish: asks({ country: 'SE' }), size: gives('number', 3), ramp }, { revision: 7 }),
  )
})

/** A page that has this block, or none. */
const pageWith = (textContent: string | undefined) => ({
  getElementById: (id: string) =>
    (id === 'fader-bootstrap' && textContent !== undefined ? { textContent } : null) as HTMLElement | null,
})

const textOf = (script: string) => /^<script [^>]*>(.*)<\/script>$/s.exec(script)?.[1]

describe('what a server tells the page that it renders', () => {
  const context: Context = { userId: 'u-1', country: 'SE' }

  it('is the answers for one context, as the engine gives them', async () => {
    using engine = withEnd(await loadEngine(snapshot))
    const told = bootstrapOf(engine.it, context)
    expect(told).toMatchObject({ environment: 'test', revision: 7, context })
    const expected = engine.it.evaluateAll(context)
    expect([...outcomesOf(told).values()]).toEqual(expected)
    expect(told.answers.swedish).toEqual({ value: true, variant: 'yes', reason: 'TARGETING_MATCH', rule: 'asked' })
    expect(told.answers.ramp?.arm).toMatch(/^(treated|control)$/)
  })

  it('has the key and no other flags than those that are wanted', async () => {
    using engine = withEnd(await loadEngine(snapshot))
    const told = bootstrapOf(engine.it, context, { key: 'fader_client_x', flags: ['size', 'none'] })
    expect(told.key).toBe('fader_client_x')
    expect(Object.keys(told.answers)).toEqual(['size'])
  })

  it('is the same by a client, and nothing before that has answers', async () => {
    const server = await TestServer.start()
    let go = () => {}
    const isAsked = new Promise<void>((resolve) => {
      go = resolve
    })
    server.answer = (request, response) => void isAsked.then(() => bodyAnswer(200, snapshot)(request, response))
    const client = createClient({ url: server.url, pollIntervalMs: 0, stream: false, context: { country: 'NO' } })
    const engine = await loadEngine(snapshot)
    try {
      expect(bootstrapOf(client, context)).toBeUndefined()
      go()
      await client.ready()
      expect(bootstrapOf(client, context)).toEqual(bootstrapOf(engine, context))
    } finally {
      engine.free()
      client.close()
      await server.stop()
    }
  })

  it('leaves out what has no answer', async () => {
    const engine = await loadEngine(snapshot)
    engine.free()
    expect(bootstrapOf(engine, context).answers).toEqual({})
  })
})

describe('the block', () => {
  const evil = [
    '</script><script>alert(1)</script>',
    '</ScRiPt >',
    '<!--<script>',
    '-->',
    ']]>',
    '&lt;/script&gt;',
    '\u2028\u2029',
    '"\\',
    '\u0000\u001f\u007f',
    '\ud83d\ude00 \u00e5\u00e4\u00f6',
    '\ud800',
    '__proto__',
  ]

  it.each(evil)('%j neither ends it nor changes in it', (text) => {
    const bootstrap = {
      environment: text,
      revision: 1,
      context: { userId: text },
      answers: { [text]: { value: text, variant: text, reason: 'STATIC' as const } },
    }
    const written = textOf(bootstrapScript(bootstrap))
    expect(written).toMatch(/^[\x20-\x7e]*$/)
    expect(written).not.toMatch(/[<>&]/)
    expect(readBootstrap(pageWith(written))).toEqual(bootstrap)
  })

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['what is no JSON', '{"revision": 1'],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['no answers', '{"revision": 1, "context": {}}'],
    ['answers that are a list', '{"revision": 1, "context": {}, "answers": []}'],
    ['no context', '{"revision": 1, "answers": {}}'],
    ['no revision', '{"context": {}, "answers": {}}'],
  ])('is as if it were not there, when the page has %s', (_, text) => {
    expect(readBootstrap(pageWith(text))).toBeUndefined()
  })

  it('has outcomes only of answers that are some', () => {
    const answers = { a: 1, b: null, c: [], d: {}, e: { value: null }, f: { value: 0, variant: 'x', reason: 'STATIC' } }
    const read = readBootstrap(pageWith(JSON.stringify({ revision: 1, context: {}, answers })))
    expect(read && [...outcomesOf(read).keys()]).toEqual(['f'])
  })
})

function withEnd<T extends { free(): void }>(it: T) {
  return { it, [Symbol.dispose]: () => it.free() }
}
