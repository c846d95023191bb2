import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { env, evaluate, grantTokens, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION, definitionWith, SECRET_WORD } from './shop.ts'
import { CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const BULK = '/ofrep/v1/evaluate/flags'

const BOOLEAN = { type: 'boolean', reveal: 'value', variants: { on: true, off: false }, safe: 'off' }

let worker: Isolate
beforeEach(async () => {
  await reset()
  worker = isolate()
  await publish(worker, DEFINITION)
})

interface Answer {
  key: string
  value?: unknown
  variant?: string
  reason?: string
  errorCode?: string
  errorDetails?: string
  metadata?: Record<string, unknown>
}

async function one(key: string, context: unknown): Promise<{ status: number; answer: Answer }> {
  const response = await evaluate(worker, context, { key })
  return { status: response.status, answer: await response.json<Answer>() }
}

async function all(context: unknown): Promise<Answer[]> {
  const response = await evaluate(worker, context)
  expect(response.status).toBe(200)
  return (await response.json<{ flags: Answer[] }>()).flags
}

describe('one flag', () => {
  it('is answered with its value, variant, reason, rule and revision', async () => {
    const { status, answer } = await one('search', { country: 'SE' })
    expect(status).toBe(200)
    expect(answer).toEqual({
      key: 'search',
      value: 'better',
      variant: 'better',
      reason: 'TARGETING_MATCH',
      metadata: { version: '1', rule: 'sweden' },
    })
  })

  it('that no rule decides has no rule in its answer', async () => {
    const { answer } = await one('search', { country: 'NO' })
    expect(answer).toMatchObject({ value: 'existing', reason: 'DEFAULT', metadata: { version: '1' } })
    expect(answer.metadata).not.toHaveProperty('rule')
  })

  it('of each type has a value of that type', async () => {
    expect((await one('team%2Fbanner', {})).answer.value).toBe(false)
    expect((await one('limits', {})).answer).toMatchObject({ value: { items: 3 }, reason: 'STATIC' })
    expect((await one('constructor', {})).answer.value).toBe(7)
  })

  it('may have a slash in its key, encoded or not', async () => {
    for (const key of ['team%2Fbanner', 'team/banner']) expect((await one(key, {})).answer.key).toBe('team/banner')
  })

  it.each(['unknown', 'toString', '__proto__', 'hasOwnProperty', '%zz', '%00', 'search%20', 'SEARCH', 'search/'])(
    '%s is not found',
    async (key) => {
      const { status, answer } = await one(key, {})
      expect(status).toBe(404)
      expect(answer).toEqual({ key: expect.any(String), errorCode: 'FLAG_NOT_FOUND', errorDetails: expect.any(String) })
    },
  )

  it('that is not revealed cannot be told from one that is not there', async () => {
    const hidden = await one('secret', {})
    const absent = await one('absent', {})
    expect(hidden.status).toBe(404)
    expect({ ...hidden.answer, key: '' }).toEqual({ ...absent.answer, key: '' })
  })
})

describe('the time of the evaluation', () => {
  it("is the worker's own, whatever the context says", async () => {
    const late = { ...BOOLEAN, rules: [{ where: { $now: { after: '2999-01-01T00:00:00Z' } }, serve: 'on' }] }
    await publish(worker, definitionWith({ late }))
    expect((await one('late', { $now: '2999-12-31T00:00:00Z' })).answer.value).toBe(false)
  })
})

describe('all flags', () => {
  it('are those that clients may know, each as it is answered alone', async () => {
    const context = { country: 'SE', userId: 'u-1' }
    const flags = await all(context)
    expect(flags.map(({ key }) => key).sort()).toEqual(['constructor', 'known', 'limits', 'search', 'team/banner'])
    for (const flag of flags) expect((await one(encodeURIComponent(flag.key), context)).answer).toEqual(flag)
    expect(JSON.stringify(flags)).not.toContain(SECRET_WORD)
  })

  it('carry the revision once for all', async () => {
    const response = await evaluate(worker, {})
    expect(await response.json()).toMatchObject({ metadata: { version: '1' } })
    expect(response.headers.get('fader-revision')).toBe('1')
  })

  it('are none when nothing is published', async () => {
    await reset()
    await grantTokens()
    worker = isolate()
    expect(await all({})).toEqual([])
    expect((await one('search', {})).status).toBe(404)
  })
})

describe('the targeting key', () => {
  const banner = async (context: unknown) => (await one('team/banner', context)).answer.value

  it('is the user where the context names none', async () => {
    expect(await banner({ targetingKey: 'u-1' })).toBe(true)
  })

  it('does not replace the user that the context names', async () => {
    expect(await banner({ targetingKey: 'u-1', userId: 'u-2' })).toBe(false)
    expect(await banner({ targetingKey: 'u-2', userId: 'u-1' })).toBe(true)
    expect(await banner({ targetingKey: 'u-1', userId: null })).toBe(false)
  })

  it.each([1, '', null, ['u-1'], { id: 'u-1' }])('%j is no user', async (targetingKey) => {
    expect((await one('known', { targetingKey })).answer.value).toBe(false)
    expect((await one('known', { targetingKey: 'u-3' })).answer.value).toBe(true)
  })
})

/** Sends a body as it stands. */
const send = (body: BodyInit | null, path = `${BULK}/search`, headers: Record<string, string> = {}) =>
  worker.client(path, { method: 'POST', body, headers })

describe.each([BULK, `${BULK}/search`])('a bad request to %s', (path) => {
  it.each([
    ['an empty body', ''],
    ['half a body', '{"context":{'],
    ['something after it', '{"context":{}}x'],
    ['no JSON', 'country=SE'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"context"'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('%s is a PARSE_ERROR', async (_, body) => {
    const response = await send(body, path)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const key = path === BULK ? {} : { key: 'search' }
    expect(await response.json()).toEqual({ ...key, errorCode: 'PARSE_ERROR', errorDetails: expect.any(String) })
  })

  it.each(['null', '[]', '"SE"', '7', 'true'])('with the context %s is an INVALID_CONTEXT', async (context) => {
    const response = await send(`{"context":${context}}`, path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errorCode: 'INVALID_CONTEXT' })
  })

  it('with a context deeper than 16 levels is an INVALID_CONTEXT', async () => {
    const nested = (levels: number) => `{"context":${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}}`
    expect((await send(nested(16), path)).status).toBe(200)
    const tooDeep = await send(nested(17), path)
    expect(tooDeep.status).toBe(400)
    expect(await tooDeep.json()).toMatchObject({ errorCode: 'INVALID_CONTEXT' })
    const lists = await send(`{"context":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, path)
    expect(await lists.json()).toMatchObject({ errorCode: 'INVALID_CONTEXT' })
  })

  it('with more than 256 KiB is answered with 413', async () => {
    const body = (bytes: number) => `{"context":{"a":"${'x'.repeat(bytes - 19)}"}}`.slice(0, bytes)
    expect((await send(JSON.stringify({ context: { a: 'x'.repeat(255 * 1024) } }), path)).status).toBe(200)
    const response = await send(body(256 * 1024 + 1), path)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ errorCode: 'GENERAL', errorDetails: expect.any(String) })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('a body that is read', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'image/png', ''])('may call itself %j', async (type) => {
    const response = await send('{"context":{"country":"SE"}}', undefined, { 'content-type': type })
    expect(await response.json()).toMatchObject({ value: 'better' })
  })

  it('may lack a context, and may have attributes of any name', async () => {
    expect((await send('{}')).status).toBe(200)
    const odd = '{"context":{"__proto__":{"country":"SE"},"constructor":1,"toString":null,"":{}}}'
    expect(await (await send(odd)).json()).toMatchObject({ value: 'existing' })
    expect(({} as Record<string, unknown>).country).toBeUndefined()
  })

  it('may start with a byte order mark', async () => {
    expect(await (await send('\ufeff{"context":{"country":"SE"}}')).json()).toMatchObject({ value: 'better' })
  })
})

describe.each(['', 'search'])('the tag of an answer for %j', (key) => {
  const etagOf = async (context: unknown) => (await evaluate(worker, context, { key })).headers.get('etag') ?? ''

  it('is the same for the same bytes, and another for others', async () => {
    const bodies = new Map<string, string>()
    const tags = new Map<string, string>()
    for (let number = 0; number < 60; number += 1) {
      const context = { country: ['SE', 'NO'][number % 2], userId: `u-${number % 7}`, number }
      const response = await evaluate(worker, context, { key })
      const etag = response.headers.get('etag') ?? ''
      const body = await response.text()
      expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
      expect(bodies.get(etag) ?? body).toBe(body)
      expect(tags.get(body) ?? etag).toBe(etag)
      bodies.set(etag, body)
      tags.set(body, etag)
    }
    expect(bodies.size).toBe(key === '' ? 4 : 2)
  })

  it('is the same in every isolate, whatever it was asked before', async () => {
    const context = { country: 'SE', userId: 'u-1' }
    for (const country of ['NO', 'DE', 'SE']) await evaluate(worker, { country }, { key })
    const here = await evaluate(worker, context, { key })
    const there = await evaluate(isolate(), context, { key })
    expect(there.headers.get('etag')).toBe(here.headers.get('etag'))
    expect(await there.text()).toBe(await here.text())
  })

  it('changes with the context though the targeting key stays', async () => {
    const before = await etagOf({ targetingKey: 'u-1', country: 'NO' })
    expect(await etagOf({ targetingKey: 'u-1', country: 'NO' })).toBe(before)
    expect(await etagOf({ targetingKey: 'u-1', country: 'SE' })).not.toBe(before)
  })

  it('changes with the revision', async () => {
    const before = await etagOf({})
    await publish(worker, DEFINITION)
    expect(await etagOf({})).not.toBe(before)
  })

  it('named in If-None-Match gives 304 and no body, for that context alone', async () => {
    const etag = await etagOf({ country: 'NO' })
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, etag.slice(1, -1), '*']) {
      const response = await evaluate(worker, { country: 'NO' }, { key, headers: { 'if-none-match': header } })
      expect(response.status, header).toBe(304)
      expect(await response.text()).toBe('')
      expect(response.headers.get('etag')).toBe(etag)
      expect(response.headers.get('content-type')).toBeNull()
    }
    const other = await evaluate(worker, { country: 'SE' }, { key, headers: { 'if-none-match': etag } })
    expect(other.status).toBe(200)
  })
})

describe('pages of other origins', () => {
  it.each([BULK, `${BULK}/search`])('may ask first, and may read the answer of %s', async (path) => {
    const asked = await worker.fetch(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    expect(asked.headers.get('access-control-allow-headers')).toBe(
      'content-type, content-encoding, if-none-match, authorization, x-api-key, last-event-id',
    )
    for (const body of ['{"context":{}}', 'nonsense']) {
      const answer = await send(body, path)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-expose-headers')).toBe(
        'ETag, Retry-After, Fader-Revision, Fader-Signature',
      )
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })
})

describe('a flag that is hidden later', () => {
  it('is not found from that revision on', async () => {
    await publish(worker, definitionWith({ search: { type: 'boolean', variants: { off: false }, safe: 'off' } }))
    expect((await one('search', { country: 'SE' })).status).toBe(404)
  })
})

describe('where changes are told of', () => {
  const streamsFor = async (token: string) => {
    const response = await worker.fetch(BULK, {
      method: 'POST',
      body: '{}',
      headers: { authorization: `Bearer ${token}` },
    })
    return { ...(await response.json<{ eventStreams?: unknown }>()), etag: response.headers.get('etag') }
  }

  it('is said to a client, with its own public token, and to nobody with a secret one', async () => {
    expect((await streamsFor(CLIENT_TOKEN)).eventStreams).toEqual([
      { type: 'sse', endpoint: { requestUri: `/v1/stream?key=${CLIENT_TOKEN}` } },
    ])
    const forEdge = await streamsFor(EDGE_TOKEN)
    expect(forEdge).not.toHaveProperty('eventStreams')
    expect(forEdge.etag).not.toBe((await streamsFor(CLIENT_TOKEN)).etag)
  })

  it('is not said with one flag', async () => {
    expect((await one('search', {})).answer).not.toHaveProperty('eventStreams')
  })
})

describe('an answer that is stale', () => {
  it('says so with each flag and once for all, and has another tag', async () => {
    let away = false
    const store = () => {
      if (away) throw new Error('the store is away')
      return env.FLAG_STORE.getByName('production')
    }
    worker = isolate({ store: store as never })
    const fresh = await evaluate(worker, {})
    away = true
    await worker.services.edge.refresh()
    const stale = await evaluate(worker, {})
    const body = await stale.json<{ flags: Answer[]; metadata: unknown }>()
    expect(body.metadata).toEqual({ version: '1', stale: true, flagSetId: 'production' })
    for (const flag of body.flags) expect(flag.metadata).toMatchObject({ stale: true })
    expect(stale.headers.get('etag')).not.toBe(fresh.headers.get('etag'))
    away = false
    await worker.services.edge.refresh()
    expect((await evaluate(worker, {})).headers.get('etag')).toBe(fresh.headers.get('etag'))
  })
})

describe('a question after a change that a stream told of', () => {
  it('may name what it was told, and is answered like any other', async () => {
    const path = `${BULK}?flagConfigEtag=%22abc%22&flagConfigLastModified=1771622898`
    const response = await send('{"context":{"country":"SE"}}', path)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(await (await evaluate(worker, { country: 'SE' })).text())
  })
})
