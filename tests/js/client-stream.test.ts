import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'
import { type Answer, bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const HOUR_MS = 3_600_000
const revisions: Uint8Array[] = []
const clients: Client[] = []
let server: TestServer
/** The open streams, oldest first. */
let streams: ServerResponse[] = []
let stream: Answer
let snapshot: Answer

const openStream: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.write('retry: 1000\n\n')
  streams.push(response)
  response.on('close', () => {
    streams = streams.filter((each) => each !== response)
  })
}
const isStream = ({ url = '' }: Partial<IncomingMessage>) => url === '/v1/stream'
const asked = (what: 'stream' | 'snapshot') => server.requests.filter(({ url }) => url.includes(what))
const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 5000 })

beforeAll(async () => {
  for (let revision = 0; revision < 5; revision += 1) {
    revisions.push(
      await compile(define({ swedish: asks({ country: 'SE' }), n: gives('number', revision) }, { revision })),
    )
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  server.answer = (request, response) => (isStream(request) ? stream : snapshot)(request, response)
  stream = openStream
  publish(1)
})

afterEach(async () => {
  vi.restoreAllMocks()
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

const publish = (revision: number) => {
  snapshot = snapshotAnswer(revisions[revision] ?? new Uint8Array(), `"revision-${revision}"`)
}
const announce = (revision: number, id = 1000 + revision) => {
  for (const each of streams) each.write(`id: ${id}\ndata: {"type":"refetchEvaluation","revision":${revision}}\n\n`)
}

/** A client that would poll in an hour, so that whatever it learns sooner is of the stream. */
async function listening(options: Partial<ClientOptions> = {}): Promise<Client> {
  const made = createClient({ url: server.url, pollIntervalMs: HOUR_MS, spreadMs: 20, ...options })
  clients.push(made)
  await made.ready()
  await soon(() => expect(streams.length).toBeGreaterThan(0))
  return made
}

describe('a client whose stream is open', () => {
  it('adopts a revision that is announced, and asks for it once', async () => {
    const made = await listening()
    publish(2)
    for (let time = 0; time < 5; time += 1) announce(2)
    await soon(() => expect(made.revision).toBe(2))
    announce(2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(asked('snapshot')).toHaveLength(2)
  })

  it.each([
    ['a revision that it has', '{"type":"refetchEvaluation","revision":1}'],
    ['an older one', '{"type":"refetchEvaluation","revision":0}'],
    ['something else', '{"type":"hello","revision":9}'],
    ['no revision', '{"type":"refetchEvaluation"}'],
    ['no object', 'null'],
    ['no JSON', 'refetch'],
  ])('asks for nothing when it is told of %s', async (_, data) => {
    await listening()
    for (const each of streams) each.write(`id: 1\ndata: ${data}\n\n:\n\n`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(asked('snapshot')).toHaveLength(1)
  })

  it('understands events however they are cut and whatever ends their lines', async () => {
    const made = await listening()
    publish(2)
    const bytes = Buffer.from(
      ':grüße\r\nid:7\r\nevent: message\r\ndata:{"type":"refetchEvaluation","revision":2}\r\n\r\n',
    )
    for (const byte of bytes) {
      for (const each of streams) each.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await soon(() => expect(made.revision).toBe(2))
  })

  it('asks again when the isolate that it asked does not have the announced revision yet', async () => {
    const made = await listening({ spreadMs: 0 })
    announce(2)
    await soon(() => expect(asked('snapshot')).toHaveLength(2))
    publish(2)
    await soon(() => expect(made.revision).toBe(2))
    expect(asked('snapshot').length).toBeLessThanOrEqual(4)
  })

  it('sends its key to both', async () => {
    await listening({ key: 'fader_client_x' })
    for (const { headers } of server.requests) expect(headers.authorization).toBe('Bearer fader_client_x')
  })

  it('ends it when it is closed', async () => {
    const made = await listening()
    made.close()
    await soon(() => expect(streams).toEqual([]))
  })
})

describe('a stream that is lost', () => {
  it('is opened again, with the last moment that was heard of, and what was missed is fetched', async () => {
    const made = await listening({ pollIntervalMs: 200 })
    announce(1, 4711)
    await new Promise((resolve) => setTimeout(resolve, 30))
    publish(2)
    for (const each of streams) each.destroy()
    await soon(() => expect(asked('stream')).toHaveLength(2))
    expect(asked('stream').at(-1)?.headers['last-event-id']).toBe('4711')
    expect(asked('stream')[0]?.headers).not.toHaveProperty('last-event-id')
    expect([made.revision, made.status]).toEqual([2, 'ready'])
  })

  it('comes back spread over a time, when it is lost by many', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, () => listening({ pollIntervalMs: 1000 })))
    await soon(() => expect(streams).toHaveLength(40))
    server.requests.length = 0
    const times: number[] = []
    const before = Date.now()
    snapshot = (request, response) => {
      times.push(Date.now() - before)
      snapshotAnswer(revisions[1] ?? new Uint8Array(), '"revision-1"')(request, response)
    }
    for (const each of streams) each.destroy()
    await soon(() => expect(asked('stream')).toHaveLength(40))
    const sorted = times.sort((one, other) => one - other)
    // Over four thirds of an interval: in a tenth of that there are a tenth of them, more or less.
    expect((sorted[30] ?? 0) - (sorted[10] ?? 0)).toBeGreaterThan(300)
    expect(many.every(({ status }) => status === 'ready')).toBe(true)
  })

  const polled: [string, Answer][] = [
    ['the server has none', bodyAnswer(404)],
    ['it is something else', bodyAnswer(200, 'hello', { 'content-type': 'text/plain' })],
    ['the server has too many listeners', bodyAnswer(503, '', { 'retry-after': '60' })],
    ['the server hangs up', (request) => request.socket.destroy()],
    ['the token is refused', bodyAnswer(401)],
  ]

  it.each(polled)('is done without when %s: the client polls', async (_, answer) => {
    stream = answer
    const made = createClient({ url: server.url, pollIntervalMs: 20 })
    clients.push(made)
    await made.ready()
    publish(2)
    await soon(() => expect(made.revision).toBe(2))
    publish(3)
    await soon(() => expect(made.revision).toBe(3))
    expect(made.status).toBe('ready')
    // Chance decides when the stream is tried again: over many polls it is not at each of them.
    await soon(() => expect(asked('snapshot').length).toBeGreaterThan(20))
    expect(asked('stream').length).toBeLessThan(0.8 * asked('snapshot').length)
  })

  it('is asked for no more where the server has none', async () => {
    stream = bodyAnswer(404)
    const made = createClient({ url: server.url, pollIntervalMs: 5 })
    clients.push(made)
    await soon(() => expect(asked('snapshot').length).toBeGreaterThan(10))
    expect(asked('stream')).toHaveLength(1)
  })

  it('is not opened by a client that does not want it, or that asks only once', async () => {
    for (const options of [{ stream: false, pollIntervalMs: 5 }, { pollIntervalMs: 0 }]) {
      const made = createClient({ url: server.url, ...options })
      clients.push(made)
      await made.ready()
    }
    await soon(() => expect(asked('snapshot').length).toBeGreaterThan(5))
    expect(asked('stream')).toEqual([])
  })
})

describe('a server that wants to be left alone', () => {
  it.each([
    ['429', 429],
    ['503', 503],
  ])('is, for as long as it says with %s', async (_, status) => {
    const made = createClient({ url: server.url, pollIntervalMs: 5, stream: false })
    clients.push(made)
    await made.ready()
    snapshot = bodyAnswer(status, '', { 'retry-after': '1' })
    await soon(() => expect(made.status).toBe('stale'))
    const before = asked('snapshot').length
    publish(2)
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(asked('snapshot')).toHaveLength(before)
    await soon(() => expect(made.revision).toBe(2))
  })

  it('says so with a time of day as well, and no word of it lasts longer than an hour', async () => {
    const source = await import('../../js/src/source.ts')
    const asking = async (after: string) => {
      const fetch = async () => new Response(null, { status: 503, headers: { 'retry-after': after } })
      const made = new source.SnapshotSource({ url: server.url, fetch })
      await made.fetch(undefined).catch(() => undefined)
      return made.requests.retryAfterMs
    }
    expect(await asking('7')).toBe(7000)
    expect(await asking('0')).toBe(0)
    expect(await asking('soon')).toBe(0)
    expect(await asking('999999999')).toBe(HOUR_MS)
    const inTenSeconds = await asking(new Date(Date.now() + 10_000).toUTCString())
    expect(inTenSeconds).toBeGreaterThan(8000)
    expect(inTenSeconds).toBeLessThanOrEqual(10_000)
  })
})

describe('a process whose client has an open stream', () => {
  it('ends when the client is closed', async () => {
    const script = `import { createClient } from 'fader'
      const client = createClient({ url: ${JSON.stringify(server.url)} })
      await client.ready()
      setTimeout(() => { console.log(client.status); client.close() }, 100)`
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd, timeout: 8000 })
    let printed = ''
    child.stdout.on('data', (text) => (printed += text))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    expect([code, printed]).toEqual([0, 'ready\n'])
  })
})
