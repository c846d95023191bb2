import type { Client, ClientOptions, Context } from 'fader'
import { createClient } from 'fader/remote'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { asks, define, gives, storefront } from './support/definition.ts'
import { Evaluator } from './support/ofrep.ts'
import { type Answer, bodyAnswer, TestServer } from './support/server.ts'

const sweden = { country: 'SE', userId: 'u-1' }
const norway = { country: 'NO', userId: 'u-2' }

const unhandled: unknown[] = []
process.on('unhandledRejection', (cause) => unhandled.push(cause))

let server: TestServer
/** What evaluates, by revision: the swedish flag is asked for another country in each. */
const at: Evaluator[] = []
const clients: Client[] = []
const errors: Error[] = []

const drawn = {
  type: 'string',
  reveal: 'value',
  sticky: true,
  stability: 'session',
  variants: { a: 'A', b: 'B' },
  safe: 'a',
  rules: [{ id: 'halves', split: { a: 1, b: 1 } }],
}
const rising = {
  ...asks({ country: 'SE' }),
  ramp: { rule: 'asked', stages: [{ percent: 50 }], stage: 0 },
  stability: 'live',
}

beforeAll(async () => {
  for (const [revision, country] of ['none', 'SE', 'NO', 'DK'].entries()) {
    const flags = {
      swedish: asks({ country }),
      answered: { ...gives('object', { deep: { list: [revision] } }), reveal: 'value' },
      hidden: { ...gives('string', 'hidden'), reveal: 'none' },
      drawn,
      rising,
    }
    at.push(await Evaluator.of(define(flags, { revision })))
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  for (const evaluator of at) evaluator.asked.length = 0
  publish(1)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
  errors.length = 0
  expect(unhandled.splice(0)).toEqual([])
})

const evaluator = (revision: number) => at[revision] as Evaluator

function publish(revision: number): void {
  server.answer = evaluator(revision).answer
}

/** A client that asks only when it is told to. */
async function ready(options: Partial<ClientOptions> = {}): Promise<Client> {
  const onError = (error: Error) => errors.push(error)
  const made = createClient({ url: server.url, context: sweden, pollIntervalMs: 0, onError, ...options })
  clients.push(made)
  await made.ready()
  return made
}

describe('what the worker answers', () => {
  it('is what an engine would, for each flag that clients may know, and frozen', async () => {
    const client = await ready()
    expect([client.status, client.revision, client.environment]).toEqual(['ready', 1, 'test'])
    expect(client.all()).toStrictEqual(evaluator(1).outcomes(sweden))
    for (const outcome of evaluator(1).outcomes(sweden)) expect(client.outcome(outcome.flag)).toStrictEqual(outcome)
    expect(client.outcome('drawn')).toMatchObject({ rule: 'halves', sticky: true, stability: 'session' })
    expect(['treated', 'control']).toContain(client.outcome('rising').arm)
    expect(Object.isFrozen(client.value('answered', {}))).toBe(true)
    expect(Object.isFrozen((client.value('answered', {}) as { deep: object }).deep)).toBe(true)
    expect(client.isOn('swedish')).toBe(true)
  })

  it('is the same object each time', async () => {
    const client = await ready()
    for (const flag of ['swedish', 'hidden', 'nothing']) expect(client.outcome(flag)).toBe(client.outcome(flag))
  })

  it.each(['hidden', 'nothing', 'toString', '__proto__', ''])('has no flag %j', async (flag) => {
    const client = await ready()
    expect(client.outcome(flag)).toMatchObject({ value: null, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' })
    expect(client.value(flag, 'mine')).toBe('mine')
  })

  it('is asked for with the token, as JSON', async () => {
    await ready({ key: 'fader_client_x' })
    expect(server.requests.map(({ url }) => url)).toEqual(['/ofrep/v1/evaluate/flags'])
    expect(evaluator(1).asked[0]?.headers).toMatchObject({
      authorization: 'Bearer fader_client_x',
      'content-type': 'application/json',
    })
  })

  it('is asked for where the site says', async () => {
    await ready({ url: `${server.url}/`, paths: { answers: '/x7/c' } })
    expect(server.requests.map(({ url }) => url)).toEqual(['/x7/c'])
  })

  it('of a flag that cannot be evaluated is its error alone', async () => {
    const flags = [
      { key: 'bad', errorCode: 'PARSE_ERROR', errorDetails: 'no' },
      { key: 'empty' },
      { key: 'null', value: null, variant: 'a', reason: 'STATIC' },
      { key: 'good', value: false, variant: 'off', reason: 'STATIC' },
    ]
    server.answer = bodyAnswer(200, JSON.stringify({ flags, metadata: { version: '7' } }))
    const client = await ready()
    expect(client.all().map(({ flag, value, errorCode }) => [flag, value, errorCode])).toEqual([
      ['bad', null, 'PARSE_ERROR'],
      ['empty', null, 'GENERAL'],
      ['null', null, 'GENERAL'],
      ['good', false, undefined],
    ])
  })

  it('is stale where the worker says so', async () => {
    evaluator(1).metadata = { stale: true }
    const client = await ready()
    expect([client.status, client.isOn('swedish')]).toEqual(['stale', true])
    evaluator(1).metadata = {}
    await client.refresh()
    expect(client.status).toBe('ready')
  })

  it('is what an engine here would, for all visitors of the storefront', { timeout: 60_000 }, async () => {
    const shop = await Evaluator.of(JSON.stringify({ ...(JSON.parse(storefront) as object), revision: 3 }))
    server.answer = shop.answer
    const client = await ready()
    let different = 0
    for (const given of visitors({ seed: 7, count: 400 })) {
      // Assignments that a host brings do not leave it.
      const { $sticky: _, ...context } = given as Context
      await client.identify(context)
      const wanted = shop.outcomes(context)
      const isWhole = wanted.every(({ errorCode }) => errorCode === undefined)
      if (isWhole) expect(client.all()).toStrictEqual(wanted)
      else different += 1
    }
    expect(different).toBeLessThan(10)
    expect(errors).toEqual([])
  })
})

describe('the context', () => {
  const sent = async (context: Context) => {
    await ready({ context })
    return evaluator(1).asked.at(-1)?.context
  }

  it.each([
    [
      'is sent',
      { userId: 'u-1', nested: { list: [1, 'two', null] } },
      { userId: 'u-1', nested: { list: [1, 'two', null] } },
    ],
    ['names nobody where it names nobody', { targetingKey: 'u-9' }, { userId: null, targetingKey: 'u-9' }],
    ["keeps to itself what is the host's", { $sticky: { drawn: 'b' }, a: { $b: 1 } }, { userId: null, a: { $b: 1 } }],
    [
      'has what JSON has not',
      { n: Number.NaN, big: 7n, when: new Date(0), f: () => 1 },
      { userId: null, n: null, big: {}, when: {}, f: {} },
    ],
  ])('%s', async (_, context, wanted) => {
    expect(await sent(context)).toEqual(wanted)
  })

  it('that cannot be read is no reason to throw', async () => {
    const circular: Record<string, unknown> = { country: 'SE' }
    circular.self = circular
    const client = await ready({ context: circular })
    expect([client.status, client.isOn('swedish', true)]).toEqual(['error', true])
    await client.identify(sweden)
    await client.refresh()
    expect([client.status, client.isOn('swedish')]).toEqual(['ready', true])
    await client.identify(circular)
    expect(client.outcome('swedish').errorCode).toBe('PROVIDER_NOT_READY')
  })
})

describe('asking again', () => {
  it('is by the tag of the answers, for the same context alone', async () => {
    const client = await ready()
    expect(await client.refresh()).toBe('unchanged')
    await client.identify(norway)
    expect(await client.refresh()).toBe('unchanged')
    const tags = evaluator(1).asked.map(({ headers }) => headers['if-none-match'])
    const [swedish, norwegian] = [sweden, norway].map((context) => evaluator(1).bodyFor(context).etag)
    expect(tags).toEqual([undefined, swedish, undefined, norwegian])
  })

  it('gets a newer revision, and never an older one', async () => {
    const client = await ready()
    publish(2)
    expect([await client.refresh(), client.revision, client.isOn('swedish')]).toEqual(['adopted', 2, false])
    publish(1)
    expect([await client.refresh(), client.revision, client.isOn('swedish')]).toEqual(['unchanged', 2, false])
  })

  it('gets other answers of the same revision, as when a rule begins', async () => {
    const client = await ready()
    server.answer = (request, response) => evaluator(1).tell(norway, request, response)
    expect([await client.refresh(), client.revision, client.isOn('swedish')]).toEqual(['adopted', 1, false])
  })
})

describe('another visitor', () => {
  it('gets their own answers, and until then those of the one before stand', async () => {
    const client = await ready()
    const identified = client.identify(norway)
    expect(client.isOn('swedish')).toBe(true)
    await identified
    expect(client.all()).toStrictEqual(evaluator(1).outcomes(norway))
  })

  it('gets none of another, when there are none for them', async () => {
    const client = await ready()
    server.answer = bodyAnswer(500)
    await client.identify(norway)
    expect([client.status, client.outcome('swedish').errorCode]).toEqual(['error', 'PROVIDER_NOT_READY'])
    publish(1)
    expect([await client.refresh(), client.status]).toEqual(['adopted', 'ready'])
    expect(client.all()).toStrictEqual(evaluator(1).outcomes(norway))
  })

  it('is the last who was named, whoever is answered last', async () => {
    const client = await ready()
    const held: (() => void)[] = []
    server.answer = (request, response) => {
      let text = ''
      request.on('data', (piece) => {
        text += piece
      })
      request.on('end', () => {
        const { context } = JSON.parse(text) as { context: Context }
        held.push(() => evaluator(1).tell(context, request, response))
      })
    }
    const both = [client.identify(norway), client.identify({ country: 'SE', userId: 'u-3' })]
    await vi.waitFor(() => expect(held).toHaveLength(2))
    held[1]?.()
    await both[1]
    held[0]?.()
    await both[0]
    expect(client.all()).toStrictEqual(evaluator(1).outcomes({ country: 'SE', userId: 'u-3' }))
  })

  it('is asked for again where an isolate is behind, and in the end goes without', async () => {
    publish(2)
    const client = await ready()
    let behind = 2
    const [older, newer] = [evaluator(1), evaluator(2)]
    server.answer = (...request) => (behind-- > 0 ? older : newer).answer(...request)
    await client.identify(norway)
    expect([client.revision, client.isOn('swedish')]).toEqual([2, true])
    expect(older.asked).toHaveLength(2)
    publish(1)
    await client.identify(sweden)
    expect(client.outcome('swedish').errorCode).toBe('PROVIDER_NOT_READY')
    expect(errors.at(-1)?.message).toMatch(/is at revision 1, behind 2/)
  })
})

const hangUp: Answer = (request) => request.socket.destroy()
const breakOff: Answer = (request, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('{"flags":[', () => request.socket.destroy())
}
const json = (body: unknown) => bodyAnswer(200, JSON.stringify(body), { etag: '"x"' })

const failures: [string, Answer, RegExp][] = [
  ['the server hangs up', hangUp, /fetch failed/],
  ['the body breaks off', breakOff, /terminated|aborted/],
  ['a page comes with 200', bodyAnswer(200, '<!doctype html>', { 'content-type': 'text/html' }), /something else/],
  ['nothing comes with 200', bodyAnswer(200), /something else/],
  ['JSON of something else comes', json({ flags: {} }), /something else/],
  ['a list comes', json([]), /something else/],
  ['null comes', json(null), /something else/],
  ['flags come without a revision', json({ flags: [], metadata: {} }), /something else/],
  ['flags come with a revision that is none', json({ flags: [], metadata: { version: 'x' } }), /something else/],
  ['flags come that are null', json({ flags: [null], metadata: { version: '9' } }), /something else/],
  ['nothing comes with 204', bodyAnswer(204), /answered 204/],
  ['it is 400', bodyAnswer(400, '{"errorCode":"INVALID_CONTEXT"}'), /answered 400/],
  ['it is 401', bodyAnswer(401), /answered 401; give createClient a `key`/],
  ['it is 403', bodyAnswer(403), /answered 403/],
  ['it is 404', bodyAnswer(404), /answered 404/],
  ['it is 413', bodyAnswer(413), /answered 413/],
  ['it is 429', bodyAnswer(429, '', { 'retry-after': '7' }), /answered 429/],
  ['it is 500', bodyAnswer(500, 'x'.repeat(100_000)), /answered 500/],
]

describe('the last good answers go on when', () => {
  it.each(failures)('%s', async (_, answer, message) => {
    const client = await ready()
    server.answer = answer
    expect([await client.refresh(), client.status, client.revision]).toEqual(['failed', 'stale', 1])
    expect(client.isOn('swedish')).toBe(true)
    expect(errors.at(-1)?.message).toMatch(message)
    publish(2)
    expect([await client.refresh(), client.status, client.revision]).toEqual(['adopted', 'ready', 2])
  })

  it.each(failures)('%s at the start, and then there are none', async (_, answer, message) => {
    server.answer = answer
    const client = await ready()
    expect([client.status, client.revision, client.value('swedish', true)]).toEqual(['error', undefined, true])
    expect(client.outcome('swedish').errorCode).toBe('PROVIDER_NOT_READY')
    expect(errors.at(-1)?.message).toMatch(message)
  })

  it('a 304 comes that nobody asked for, at the start', async () => {
    server.answer = bodyAnswer(304)
    expect((await ready()).status).toBe('error')
    expect(errors.at(-1)?.message).toMatch(/answered 304/)
  })

  it('the client is closed, which nobody is told of', async () => {
    server.answer = () => {}
    const client = createClient({ url: server.url, pollIntervalMs: 0, onError: (error) => errors.push(error) })
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    client.close()
    await client.ready()
    expect(errors).toEqual([])
  })
})

describe('the stream', () => {
  it('tells of a revision, which is then asked for', async () => {
    let tell = (_: string) => {}
    server.answer = (request, response) => {
      if (request.url !== '/v1/stream') return evaluator(1).answer(request, response)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(':\n\n')
      tell = (text) => response.write(text)
    }
    const client = await ready({ pollIntervalMs: 60_000, spreadMs: 0 })
    await vi.waitFor(() => expect(server.requests.map(({ url }) => url)).toContain('/v1/stream'))
    const stream = server.answer
    server.answer = (request, response) =>
      request.url === '/v1/stream' ? stream(request, response) : evaluator(2).answer(request, response)
    await vi.waitFor(() => {
      tell('id: 2\ndata: {"type":"refetchEvaluation","revision":2}\n\n')
      expect(client.revision).toBe(2)
    })
    expect(client.isOn('swedish')).toBe(false)
  })
})
