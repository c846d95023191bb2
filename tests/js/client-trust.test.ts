import { type Client, type ClientOptions, createClient, createVerifier, type Statement } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compile, define, gives } from './support/definition.ts'
import { bodyAnswer, TestServer } from './support/server.ts'
import { newKey, statementOf } from './support/signed.ts'

const key = newKey('one')
const other = newKey('other')
const clients: Client[] = []
const errors: string[] = []
const revisions: Uint8Array[] = []
let server: TestServer

beforeAll(async () => {
  for (let revision = 0; revision < 6; revision += 1) {
    revisions.push(await compile(define({ n: gives('number', revision) }, { revision })))
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  errors.length = 0
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

const bytesOf = (revision: number) => revisions[revision] ?? new Uint8Array()

interface Answered extends Partial<Statement> {
  readonly by?: ReturnType<typeof newKey>
  readonly signature?: string
}

/** The server has this revision from now on, and says this of it. */
function publish(revision: number, { by = key, signature, ...said }: Answered = {}): void {
  const etag = `"revision-${revision}"`
  const statement = signature ?? statementOf(bytesOf(revision), { revision, ...said }, by)
  server.answer = (request, response) => {
    const isKnown = request.headers['if-none-match'] === etag
    bodyAnswer(isKnown ? 304 : 200, isKnown ? '' : bytesOf(revision), {
      etag,
      ...(statement && { 'fader-signature': statement }),
    })(request, response)
  }
}

async function client(options: Partial<ClientOptions> = {}): Promise<Client> {
  const onError = ({ message }: Error) => errors.push(message)
  const made = createClient({ url: server.url, pollIntervalMs: 0, keys: [key.trusted], onError, ...options })
  clients.push(made)
  await made.ready()
  return made
}

describe('a client that has keys', () => {
  it('adopts what one of them signed, also one after another', async () => {
    publish(1)
    const made = await client({ keys: [other.trusted, key.trusted] })
    expect([made.status, made.value('n', 0)]).toEqual(['ready', 1])
    publish(2, { by: other })
    expect(await made.refresh()).toBe('adopted')
    expect(made.value('n', 0)).toBe(2)
  })

  const refused: [string, Answered, RegExp][] = [
    ['is not signed', { signature: '' }, /is not signed/],
    ['is signed by another', { by: other }, /not trusted here/],
    ['is signed by another of the same name', { by: newKey('one') }, /signature is not of key one/],
    ['has expired', { expires: Date.now() - 1 }, /has expired/],
    ['is signed as another document', { document: 'edge' }, /is about edge/],
    ['is signed as other bytes', { digest: 'AAAA' }, /about other bytes/],
    ['is signed as another revision', { revision: 9 }, /of another revision or environment/],
    ['is signed for another environment', { environment: 'prod' }, /of another revision or environment/],
    ['is signed with noise', { signature: 'a.b.c' }, /./],
  ]

  it.each(refused)('does not adopt what %s, and goes on', async (_, said, reason) => {
    publish(1)
    const made = await client()
    publish(2, said)
    expect(await made.refresh()).toBe('failed')
    expect([made.status, made.revision, made.value('n', 0)]).toEqual(['stale', 1, 1])
    expect(errors.at(-1)).toMatch(reason)
    // What was refused has no ETag: else it would be taken for what the client has.
    publish(2)
    expect(await made.refresh()).toBe('adopted')
    expect(made.status).toBe('ready')
  })

  it.each(refused)('has nothing but defaults when the first snapshot %s', async (_, said, reason) => {
    publish(2, said)
    const made = await client()
    expect([made.status, made.revision, made.value('n', 7)]).toEqual(['error', undefined, 7])
    expect(errors[0]).toMatch(reason)
  })

  it('adopts nothing of an environment that it was not made for, or that is not that of the first', async () => {
    publish(1)
    const stranger = await client({ environment: 'production' })
    expect(stranger.status).toBe('error')
    expect(errors[0]).toMatch(/another revision or environment/)
    const made = await client({ environment: 'test' })
    expect(made.status).toBe('ready')
  })

  it('is stale when the signature runs out, goes on, and is ready when it is renewed', async () => {
    const issued = Date.now()
    publish(1, { expires: issued + 60_000 })
    const made = await client()
    vi.spyOn(Date, 'now').mockReturnValue(issued + 60_000)
    expect(await made.refresh()).toBe('unchanged')
    expect([made.status, made.value('n', 0)]).toEqual(['stale', 1])
    publish(1, { expires: issued + 120_000 })
    expect(await made.refresh()).toBe('unchanged')
    expect(made.status).toBe('ready')
    expect(server.requests).toHaveLength(3)
  })

  it('asks a verifier that it is given instead', async () => {
    publish(1, { by: other })
    const verifier = vi.fn(createVerifier([other.trusted]))
    const { keys: _, ...none } = { keys: undefined }
    const made = createClient({ url: server.url, pollIntervalMs: 0, verifier, ...none })
    clients.push(made)
    await made.ready()
    expect(made.status).toBe('ready')
    expect(verifier).toHaveBeenCalledTimes(1)
  })

  it.each([
    [
      'knows no Ed25519',
      () => vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no', 'NotSupportedError')),
    ],
    ['has no cryptography at all', () => vi.stubGlobal('crypto', {})],
  ])('adopts nothing on a platform that %s, and says so', async (_, take) => {
    publish(1)
    take()
    const made = await client()
    expect([made.status, made.value('n', 7)]).toEqual(['error', 7])
    expect(errors[0]).toBe('this platform verifies no Ed25519 signatures, so nothing signed can be adopted')
  })

  it('may be a server, which asks for all flags', async () => {
    const edge = await compile(define({ n: gives('number', 1) }), 'edge')
    server.answer = bodyAnswer(200, edge, { 'fader-signature': statementOf(edge, { document: 'edge' }, key) })
    const made = await client({ projection: 'edge', key: 'fader_edge_x' })
    expect(made.status).toBe('ready')
    expect(server.requests[0]?.url).toBe('/v1/snapshot')
  })
})

describe('a client without keys', () => {
  it('does not look at signatures', async () => {
    publish(1, { signature: 'noise' })
    const made = createClient({ url: server.url, pollIntervalMs: 0 })
    clients.push(made)
    await made.ready()
    expect(made.status).toBe('ready')
  })
})

describe('a token', () => {
  it('that the worker wants is asked for in words', async () => {
    server.answer = bodyAnswer(401)
    await client({ key: 'fader_client_old' })
    expect(errors[0]).toMatch(/snapshot\/client answered 401; give createClient a `key` that it knows/)
    expect(server.requests[0]?.headers.authorization).toBe('Bearer fader_client_old')
  })
})

describe('the highest revision that was seen', () => {
  /** What a browser keeps over a restart. */
  function memory(content: Record<string, string> = {}) {
    return {
      content,
      getItem: (name: string) => content[name] ?? null,
      setItem: (name: string, value: string) => {
        content[name] = value
      },
      removeItem: (name: string) => {
        delete content[name]
      },
    }
  }

  it('is kept for each address, and after a restart nothing below it is adopted', async () => {
    const kept = memory()
    publish(4)
    ;(await client({ memory: kept })).close()
    expect(kept.content).toEqual({ [`fader:${server.url}/v1/snapshot/client`]: '4' })
    publish(3)
    const next = await client({ memory: kept })
    expect([next.status, next.revision]).toEqual(['error', undefined])
    expect(errors[0]).toBe('revision 3 is below 4, which was seen before')
    publish(4)
    expect(await next.refresh()).toBe('adopted')
    publish(5)
    expect(await next.refresh()).toBe('adopted')
    expect(Object.values(kept.content)).toEqual(['5'])
  })

  it('is kept in localStorage where nothing else is given', async () => {
    const kept = memory()
    vi.stubGlobal('localStorage', kept)
    publish(4)
    await client()
    expect(Object.values(kept.content)).toEqual(['4'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('denied')
      },
    ],
    ['is empty', () => null],
    ['has garbage', () => 'soon'],
    ['has what is no revision', () => '1e999'],
  ])('is nothing to wait for when the memory %s', async (_, getItem) => {
    publish(1)
    const made = await client({ memory: { getItem, setItem: getItem, removeItem: getItem } })
    expect([made.status, made.revision]).toEqual(['ready', 1])
  })
})
