import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'
import { type Answer, bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const unhandled: unknown[] = []
process.on('unhandledRejection', (cause) => unhandled.push(cause))

let server: TestServer
let good: Uint8Array
let newer: Uint8Array
const clients: Client[] = []
const errors: Error[] = []

beforeAll(async () => {
  const flags = { swedish: asks({ country: 'SE' }), settled: gives('number', 7) }
  good = await compile(define(flags, { revision: 1 }))
  newer = await compile(define(flags, { revision: 2 }))
})

beforeEach(async () => {
  server = await TestServer.start()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
  errors.length = 0
  expect(unhandled.splice(0)).toEqual([])
})

function client(options: Partial<ClientOptions> = {}): Client {
  const onError = (error: Error) => errors.push(error)
  const made = createClient({ url: server.url, context: { country: 'SE' }, pollIntervalMs: 0, onError, ...options })
  clients.push(made)
  return made
}

const hangUp: Answer = (request) => request.socket.destroy()
const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)

/** Says how long the body is, and breaks off in its middle. */
const breakOff: Answer = (request, response) => {
  response.writeHead(200, { etag: '"broken"', 'content-length': String(good.length) })
  response.write(half(good), () => request.socket.destroy())
}

const failures: [string, () => Answer, RegExp][] = [
  ['the server hangs up', () => hangUp, /fetch failed/],
  ['the body breaks off', () => breakOff, /terminated|aborted/],
  ['a snapshot is cut short', () => bodyAnswer(200, half(newer), { etag: '"half"' }), /changed on its way|cut short/],
  ['a page comes with 200', () => bodyAnswer(200, '<!doctype html>', { etag: '"page"' }), /not a Fader snapshot/],
  ['nothing comes with 200', () => bodyAnswer(200, '', { etag: '"empty"' }), /not a Fader snapshot/],
  ['nothing comes with 204', () => bodyAnswer(204), /answered 204/],
  ['it is 500', () => bodyAnswer(500, 'x'.repeat(100_000)), /answered 500/],
  ['it is 404', () => bodyAnswer(404), /answered 404/],
  ['it redirects for ever', () => bodyAnswer(302, '', { location: '/v1/snapshot/client' }), /fetch failed/],
]

describe.each(failures)('when %s', (_, answer, message) => {
  it('a client with a snapshot is stale and goes on, until there is a good one', async () => {
    server.answer = snapshotAnswer(good, '"good"')
    const made = client()
    await made.ready()
    const statuses: string[] = []
    made.subscribe(() => statuses.push(made.status))
    const before = made.all()
    server.answer = answer()
    for (let round = 0; round < 3; round++) {
      expect(await made.refresh()).toBe('failed')
      expect([made.status, made.revision]).toEqual(['stale', 1])
      expect(made.all()).toBe(before)
      // What could not be loaded has no ETag: else it would be taken for what the client has.
      expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"good"')
    }
    expect(errors).toHaveLength(3)
    expect(errors[0]?.message).toMatch(message)
    server.answer = snapshotAnswer(newer, '"newer"')
    expect(await made.refresh()).toBe('adopted')
    expect(statuses).toEqual(['stale', 'ready'])
    expect(made.isOn('swedish')).toBe(true)
  })

  it('a client without one says so and gives defaults, until there is a good one', async () => {
    server.answer = answer()
    const made = client()
    await made.ready()
    expect([made.status, made.revision, made.all()]).toEqual(['error', undefined, []])
    expect(made.outcome('swedish')).toMatchObject({ flag: 'swedish', value: null, errorCode: 'PROVIDER_NOT_READY' })
    expect([made.isOn('swedish'), made.isOn('swedish', true), made.variant('swedish')]).toEqual([
      false,
      true,
      undefined,
    ])
    expect([made.value('settled', 5), made.variant('settled', 'x')]).toEqual([5, 'x'])
    expect((await made.explain('swedish')).steps).toEqual([])
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toMatch(message)
    server.answer = snapshotAnswer(good, '"good"')
    expect(await made.refresh()).toBe('adopted')
    expect([made.status, made.value('settled', 5)]).toEqual(['ready', 7])
  })
})

describe('a client', () => {
  it('has an error when the server says 304 to who has nothing', async () => {
    server.answer = bodyAnswer(304)
    const made = client()
    await made.ready()
    expect(made.status).toBe('error')
    expect(errors[0]?.message).toMatch(/answered 304/)
  })

  it('goes on when the server is gone, and finds it when it is back', async () => {
    server.answer = snapshotAnswer(good, '"good"')
    const { url } = server
    let now = url
    const made = client({ url, fetch: (input, init) => fetch(String(input).replace(url, now), init) })
    await made.ready()
    await server.stop()
    expect(await made.refresh()).toBe('failed')
    expect([made.status, made.isOn('swedish')]).toEqual(['stale', true])
    server = await TestServer.start()
    server.answer = snapshotAnswer(newer, '"newer"')
    now = server.url
    expect(await made.refresh()).toBe('adopted')
    expect([made.status, made.revision]).toEqual(['ready', 2])
  })

  it.each([['not an address'], ['http://127.0.0.1:1'], ['ftp://127.0.0.1']])('does not throw for %s', async (url) => {
    const made = client({ url })
    await made.ready()
    expect([made.status, made.isOn('swedish', true)]).toEqual(['error', true])
    expect(errors).toHaveLength(1)
  })

  it('tells onError an error whatever the fetch of the host throws', async () => {
    const fetch = () => Promise.reject('no network')
    const made = client({ fetch })
    await made.ready()
    expect(errors).toMatchObject([{ message: 'no network' }])
    expect(errors[0]).toBeInstanceOf(Error)
  })

  it('gives up on a slow server when its fetch does', async () => {
    server.answer = () => {}
    const patient: typeof fetch = (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(20) })
    const made = client({ fetch: patient })
    await made.ready()
    expect(made.status).toBe('error')
    expect(errors[0]?.name).toBe('TimeoutError')
  })

  it('breaks off its question when it is closed, and tells nobody', async () => {
    let isGone = false
    server.answer = (request) => {
      request.socket.on('close', () => {
        isGone = true
      })
    }
    const made = client()
    await vi.waitFor(() => expect(server.requests).toHaveLength(1), { interval: 2 })
    made.close()
    await made.ready()
    await vi.waitFor(() => expect(isGone).toBe(true), { interval: 2 })
    expect([made.status, errors]).toEqual(['starting', []])
  })
})

describe('a value of another type than the fallback gives the fallback', () => {
  const values = { boolean: true, string: 'text', number: 7, object: { a: 1 }, list: ['a'] }
  const fallbacks = { boolean: false, string: 'other', number: 9, object: { b: 2 }, list: [3] }
  const kinds = Object.keys(values) as (keyof typeof values)[]

  it.each(kinds)('for a flag whose value is a %s', async (kind) => {
    const flags = kinds.map((kind) => [kind, gives(kind === 'list' ? 'object' : kind, values[kind])])
    server.answer = snapshotAnswer(await compile(define(Object.fromEntries(flags))), '"types"')
    const made = client()
    await made.ready()
    for (const other of kinds) {
      const expected = other === kind ? values[kind] : fallbacks[other]
      expect([other, made.value(kind, fallbacks[other])]).toEqual([other, expected])
    }
    expect(made.isOn(kind, false)).toBe(kind === 'boolean')
  })
})

describe('a process', () => {
  /** Runs a script that has a client, and gives what it printed and how it ended. */
  async function run(script: string): Promise<{ code: number | null; printed: string }> {
    const whole = `import { createClient } from 'fader'\nconst url = ${JSON.stringify(server.url)}\n${script}`
    const flags = ['--unhandled-rejections=strict', '--input-type=module', '--eval', whole]
    const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: 8_000 })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { code, printed }
  }

  const poll = 'const client = createClient({ url, pollIntervalMs: 5 })\n'

  it('ends although its client polls', async () => {
    server.answer = snapshotAnswer(good, '"good"')
    const script = `${poll}await client.ready(); console.log(client.status, client.value('settled', 0))`
    expect(await run(script)).toEqual({ code: 0, printed: 'ready 7\n' })
  })

  it('ends although its client cannot reach the server, and nothing is left unhandled', async () => {
    server.answer = hangUp
    const script = `${poll}await client.ready(); await client.refresh(); console.log(client.status)`
    expect(await run(script)).toEqual({ code: 0, printed: 'error\n' })
  })

  it('ends when its client is closed while the server does not answer', async () => {
    server.answer = () => {}
    const script = `${poll}setTimeout(() => client.close(), 50); await client.ready(); console.log(client.status)`
    expect(await run(script)).toEqual({ code: 0, printed: 'starting\n' })
  })
})
