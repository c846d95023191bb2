import { evictAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FlagStore } from '../../worker/src/objects/flag-store.ts'
import { env, isolate, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'

beforeEach(() => reset())

interface Refusal {
  status: number
  type: string
  title: string
  detail: string
  revision?: number
  issues?: { path: string; message: string; mend: string }[]
}

/** Puts a body, and gives what came of it. */
async function put(body: BodyInit, headers: Record<string, string> = { 'if-match': '*' }, worker = isolate()) {
  const reasoned = { 'fader-reason': 'a test', ...headers }
  const response = await worker.admin('/v1/admin/definition', { method: 'PUT', headers: reasoned, body })
  return { response, body: await response.json<Refusal>() }
}

async function revisions(): Promise<number[]> {
  const entries = await env.FLAG_STORE.getByName('production').history()
  return entries.map(({ revision }) => revision)
}

describe('publishing', () => {
  it('makes a revision, and tells which', async () => {
    const { response, body } = await put(DEFINITION)
    expect(response.status).toBe(200)
    expect(body).toEqual({
      environment: 'production',
      revision: 1,
      published: expect.any(String),
      flags: 6,
      changed: true,
      changes: Object.keys(JSON.parse(DEFINITION).flags).map((name) => ({
        of: 'flag',
        name,
        path: expect.stringContaining(name),
        what: 'added',
      })),
      changeCount: 6,
    })
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('fader-revision')).toBe('1')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('sets the environment and the revision itself', async () => {
    await put(DEFINITION)
    const claimed = JSON.stringify({ ...JSON.parse(DEFINITION), environment: 'production', revision: 99 })
    await put(claimed)
    const current = await isolate().admin('/v1/admin/definition')
    expect(current.headers.get('etag')).toBe('"2"')
    expect(await current.json()).toEqual({ ...JSON.parse(DEFINITION), environment: 'production', revision: 2 })
  })

  it('keeps every other character of its author', async () => {
    await put(DEFINITION)
    const current = await isolate().admin('/v1/admin/definition')
    const added = '\n  "environment": "production",\n  "revision": 1,'
    expect(await current.text()).toBe(DEFINITION.replace('{', `{${added}`))
  })

  it('answers 304 to a publisher who has the definition', async () => {
    await put(DEFINITION)
    const current = await isolate().admin('/v1/admin/definition', { headers: { 'if-none-match': '"1"' } })
    expect(current.status).toBe(304)
    expect(await current.text()).toBe('')
  })

  it('has nothing to show before the first time', async () => {
    const response = await isolate().admin('/v1/admin/definition')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:nothing-published' })
  })
})

describe('If-Match', () => {
  it('is needed', async () => {
    const { response, body } = await put(DEFINITION, {})
    expect(response.status).toBe(428)
    expect(body).toMatchObject({ type: 'urn:fader:problem:revision-needed', status: 428 })
    expect(await revisions()).toEqual([])
  })

  it('that names the revision publishes, also with others beside it', async () => {
    expect((await put(DEFINITION, { 'if-match': '"0"' })).response.status).toBe(200)
    expect((await put(DEFINITION, { 'if-match': '"1"' })).response.status).toBe(200)
    expect((await put(DEFINITION, { 'if-match': '"9", "2"' })).response.status).toBe(200)
    expect(await revisions()).toEqual([3, 2, 1])
  })

  it.each(['"7"', '"0"', 'W/"1"', '1', '"x"', '""'])('%s does not overwrite revision 1', async (ifMatch) => {
    await put(DEFINITION)
    const { response, body } = await put(DEFINITION, { 'if-match': ifMatch })
    expect(response.status).toBe(412)
    expect(body).toMatchObject({ type: 'urn:fader:problem:revision-mismatch', status: 412, revision: 1 })
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await revisions()).toEqual([1])
  })

  it('lets one of fifty publishers with the same tag through', async () => {
    await put(DEFINITION)
    const attempts = Array.from({ length: 50 }, () => put(DEFINITION, { 'if-match': '"1"' }))
    const statuses = (await Promise.all(attempts)).map(({ response }) => response.status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(49)
    expect(await revisions()).toEqual([2, 1])
  })
})

describe('two calls inside the object', () => {
  it('do not come between each other', async () => {
    const actor = { id: 'root', name: 'root', role: 'admin', kind: 'person' } as const
    const operation = { kind: 'define', definition: new TextEncoder().encode(DEFINITION) } as const
    const request = { operation, actor, why: 'a test', expected: [0] }
    const outcomes = await runInDurableObject(env.FLAG_STORE.getByName('production'), (object: FlagStore) =>
      Promise.all([object.operate(request), object.operate(request)]),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['published', 'mismatch'])
  })
})

describe('the reason', () => {
  it('is needed', async () => {
    for (const reason of ['', '  ', '%20']) {
      const { response, body } = await put(DEFINITION, { 'if-match': '*', 'fader-reason': reason })
      expect(response.status).toBe(428)
      expect(body.type).toBe('urn:fader:problem:reason-needed')
    }
    expect(await revisions()).toEqual([])
  })

  it('may be in any language', async () => {
    await put(DEFINITION, { 'if-match': '*', 'fader-reason': encodeURIComponent('för påsken 🐣') })
    const [entry] = await env.FLAG_STORE.getByName('production').history()
    expect(entry?.why).toBe('för påsken 🐣')
  })

  it.each(['%', '%ff', 'x'.repeat(1001)])('that cannot be read is refused', async (reason) => {
    const { response } = await put(DEFINITION, { 'if-match': '*', 'fader-reason': reason })
    expect(response.status).toBe(400)
  })
})

describe('an earlier revision', () => {
  it('can be read', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    await publish(worker, definitionWith({}, { layers: { one: {} } }))
    const first = await worker.admin('/v1/admin/definition?revision=1')
    expect(first.headers.get('etag')).toBe('"1"')
    expect(await first.json()).not.toHaveProperty('layers')
    expect(await (await worker.admin('/v1/admin/definition?revision=2')).json()).toHaveProperty('layers')
    expect((await worker.admin('/v1/admin/definition?revision=3')).status).toBe(404)
    expect((await worker.admin('/v1/admin/definition?revision=0')).status).toBe(400)
  })
})

describe('a definition with issues', () => {
  it('is refused with every issue, and publishes nothing', async () => {
    await put(DEFINITION)
    const { safe: _, ...unsafe } = JSON.parse(DEFINITION).flags.search
    const { response, body } = await put(definitionWith({ search: unsafe, other: { ...unsafe, type: 'strange' } }))
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'urn:fader:problem:definition-invalid', status: 422 })
    const paths = body.issues?.map(({ path }) => path) ?? []
    expect(paths.some((path) => path.startsWith('flags.search'))).toBe(true)
    expect(paths.some((path) => path.startsWith('flags.other'))).toBe(true)
    for (const issue of body.issues ?? []) {
      expect(issue).toEqual({ path: expect.any(String), message: expect.any(String), mend: expect.any(String) })
    }
    expect(await revisions()).toEqual([1])
  })

  it('of another environment is refused', async () => {
    const { response, body } = await put(JSON.stringify({ ...JSON.parse(DEFINITION), environment: 'staging' }))
    expect(response.status).toBe(422)
    expect(body.issues?.map(({ path }) => path)).toEqual(['environment'])
    expect(await revisions()).toEqual([])
  })

  it.each(['[]', '42', 'null', '"text"', '{}', '{"format":2,"flags":{}}'])('%s is refused', async (text) => {
    const { response, body } = await put(text)
    expect(response.status).toBe(422)
    expect(body.issues?.length).toBeGreaterThan(0)
    expect(await revisions()).toEqual([])
  })
})

describe('a body that is no definition', () => {
  it.each([
    ['nothing', ''],
    ['half of one', DEFINITION.slice(0, 100)],
    ['a page', '<!doctype html>'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['a comment', `// flags\n${DEFINITION}`],
  ])('%s is answered with 400', async (_, body) => {
    const answer = await put(body)
    expect(answer.response.status).toBe(400)
    expect(answer.body).toMatchObject({ type: 'urn:fader:problem:not-json', status: 400 })
    expect(await revisions()).toEqual([])
  })

  it('over 25 MB is answered with 413', async () => {
    const { response, body } = await put(new Uint8Array(25 * 1024 * 1024 + 1))
    expect(response.status).toBe(413)
    expect(body).toMatchObject({ type: 'urn:fader:problem:body-too-large', limit: 25 * 1024 * 1024 })
  })

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])('of a form, %s', async (type) => {
    const { response, body } = await put(DEFINITION, { 'if-match': '*', 'content-type': type })
    expect(response.status).toBe(415)
    expect(body.type).toBe('urn:fader:problem:type-unsupported')
  })

  it.each([
    ['gzip', 400],
    ['br', 415],
  ])('that says it is compressed by %s and is not is answered with %i', async (encoding, status) => {
    const { response } = await put(DEFINITION, { 'if-match': '*', 'content-encoding': encoding })
    expect(response.status).toBe(status)
  })
})

describe('what is stored', () => {
  it('outlives the object, and is there for a new isolate', async () => {
    await publish(isolate(), DEFINITION)
    await evictAllDurableObjects()
    const later = isolate()
    expect(await (await later.fetch('/healthz')).json()).toMatchObject({ status: 'ok', revision: 1 })
    expect((await later.admin('/v1/admin/definition')).status).toBe(200)
    expect(await publish(later, DEFINITION)).toBe(2)
  })

  it('may be larger than a row', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [
        `flag-${index}`,
        { type: 'string', reveal: 'rule', variants: { only: `${index}-å-${'x'.repeat(600)}` }, safe: 'only' },
      ]),
    )
    const text = definitionWith(many)
    expect(text.length).toBeGreaterThan(3 * 1024 * 1024)
    await publish(isolate(), text)
    const largest = await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) =>
      state.storage.sql.exec<{ bytes: number }>('SELECT max(length(bytes)) AS bytes FROM part').one(),
    )
    expect(largest.bytes).toBe(1_048_576)
    await evictAllDurableObjects()
    const later = isolate()
    const stored = await (await later.admin('/v1/admin/definition')).json<{ flags: unknown }>()
    expect(stored.flags).toEqual(JSON.parse(text).flags)
    expect((await (await later.client('/v1/snapshot/client')).arrayBuffer()).byteLength).toBeGreaterThan(
      3 * 1024 * 1024,
    )
  })

  it('of earlier revisions is their definition alone', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    await publish(worker, DEFINITION)
    const kept = await runInDurableObject(env.FLAG_STORE.getByName('production'), (_, state) =>
      state.storage.sql.exec('SELECT DISTINCT revision, document FROM part ORDER BY revision, document').toArray(),
    )
    expect(kept.map(({ revision, document }) => `${revision} ${document}`)).toEqual([
      '1 definition',
      '2 client',
      '2 definition',
      '2 edge',
      '2 reveal',
    ])
  })
})

describe('history', () => {
  it('is empty at first', async () => {
    expect(await (await isolate().admin('/v1/admin/history')).json()).toEqual([])
  })

  it('tells every revision, newest first, page by page', async () => {
    const worker = isolate()
    for (let revision = 1; revision <= 103; revision += 1) await publish(worker, DEFINITION)
    const read = async (query: string) => {
      const response = await worker.admin(`/v1/admin/history${query}`)
      return response.json<{ revision: number; published: string; bytes: number; flags: number }[]>()
    }
    const newest = await read('')
    expect(newest.map(({ revision }) => revision)).toEqual(Array.from({ length: 100 }, (_, index) => 103 - index))
    expect((await read('?before=4')).map(({ revision }) => revision)).toEqual([3, 2, 1])
    expect(newest[0]).toEqual({
      revision: 103,
      published: expect.any(String),
      bytes: expect.any(Number),
      flags: 6,
      by: 'root',
      byId: 'root',
      why: 'a test',
      operation: 'define',
      changes: [],
      changeCount: 0,
    })
    expect(Date.now() - Date.parse(newest[0]?.published ?? '')).toBeLessThan(60_000)
  })

  it.each(['0', '-1', 'x', '1.5', ''])('refuses to go before %j', async (before) => {
    expect((await isolate().admin(`/v1/admin/history?before=${before}`)).status).toBe(400)
  })
})
