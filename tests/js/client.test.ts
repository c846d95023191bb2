import { type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { asks, compile, define, gives } from './support/definition.ts'
import { bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const INTERVAL_MS = 20
const sweden = { country: 'SE' }

const unhandled: unknown[] = []
process.on('unhandledRejection', (cause) => unhandled.push(cause))

let server: TestServer
const clients: Client[] = []
/** Snapshots by their revision: the swedish flag is asked for another country in each. */
const revisions: Uint8Array[] = []
const countries = ['none', 'SE', 'NO', 'DK']

beforeAll(async () => {
  for (const [revision, country] of countries.entries()) {
    const flags = { swedish: asks({ country }), settled: gives('number', revision) }
    revisions.push(await compile(define(flags, { revision })))
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  publish(1)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
  expect(unhandled.splice(0)).toEqual([])
})

function publish(revision: number): void {
  server.answer = snapshotAnswer(revisions[revision] ?? new Uint8Array(), `"revision-${revision}"`)
}

/** A client that asks only when it is told to, unless the test says otherwise. */
function client(options: Partial<ClientOptions> = {}): Client {
  const made = createClient({ url: server.url, context: sweden, pollIntervalMs: 0, ...options })
  clients.push(made)
  return made
}

async function readyClient(options: Partial<ClientOptions> = {}): Promise<Client> {
  const made = client(options)
  await made.ready()
  expect(made.status).toBe('ready')
  return made
}

/** Waits in small steps. */
const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 3_000 })

describe('the first snapshot', () => {
  it('is fetched at once, without an ETag, and answers are from it', async () => {
    const made = client()
    expect([made.status, made.revision]).toEqual(['starting', undefined])
    await made.ready()
    expect([made.status, made.revision]).toEqual(['ready', 1])
    expect(made.isOn('swedish')).toBe(true)
    expect(made.variant('swedish')).toBe('yes')
    expect(made.value('settled', 0)).toBe(1)
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/snapshot/client'])
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match')
  })

  it.each(['', '/', '//'])('is fetched from an address that ends in "%s"', async (end) => {
    await readyClient({ url: server.url + end })
    expect(server.requests[0]?.url).toBe('/v1/snapshot/client')
  })

  it('is fetched from below a path', async () => {
    await readyClient({ url: `${server.url}/flags/` })
    expect(server.requests[0]?.url).toBe('/flags/v1/snapshot/client')
  })

  it('may be late: until then reads give their defaults', async () => {
    let answer = () => {}
    server.answer = (request, response) => {
      answer = () => snapshotAnswer(revisions[1] ?? new Uint8Array(), '"1"')(request, response)
    }
    const made = client()
    let isReady = false
    void made.ready().then(() => {
      isReady = true
    })
    await soon(() => expect(server.requests).toHaveLength(1))
    expect([made.status, made.isOn('swedish', true), made.value('settled', 9), made.all()]).toEqual([
      'starting',
      true,
      9,
      [],
    ])
    expect(made.outcome('swedish')).toMatchObject({ reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY', value: null })
    expect((await made.explain('swedish')).errorCode).toBe('PROVIDER_NOT_READY')
    expect(isReady).toBe(false)
    answer()
    await made.ready()
    expect([made.status, made.value('settled', 9)]).toEqual(['ready', 1])
  })

  it('is asked for once, however often it is asked to refresh meanwhile', async () => {
    const made = client()
    const results = await Promise.all([made.refresh(), made.refresh(), made.refresh()])
    expect(results).toEqual(['adopted', 'adopted', 'adopted'])
    expect(server.requests).toHaveLength(1)
  })
})

describe('a refresh', () => {
  it('sends the ETag, and changes nothing on 304', async () => {
    const made = await readyClient()
    const told = vi.fn()
    made.subscribe(told)
    expect(await made.refresh()).toBe('unchanged')
    expect(server.requests[1]?.headers['if-none-match']).toBe('"revision-1"')
    expect([made.status, made.revision]).toEqual(['ready', 1])
    expect(told).not.toHaveBeenCalled()
  })

  it('takes a 304 that has no ETag, and sends its own again', async () => {
    const made = await readyClient()
    server.answer = bodyAnswer(304)
    for (let round = 0; round < 2; round++) expect(await made.refresh()).toBe('unchanged')
    expect(made.status).toBe('ready')
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"revision-1"')
  })

  it('adopts a newer revision, and tells subscribers once', async () => {
    const made = await readyClient()
    const seen: unknown[] = []
    made.subscribe(() => seen.push([made.revision, made.isOn('swedish')]))
    publish(2)
    expect(await made.refresh()).toBe('adopted')
    expect(seen).toEqual([[2, false]])
    expect(await made.refresh()).toBe('unchanged')
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"revision-2"')
  })

  it.each([
    ['older', 1],
    ['equal', 2],
  ])('does not adopt an %s revision, whatever its ETag', async (_, revision) => {
    publish(2)
    const made = await readyClient()
    const told = vi.fn()
    made.subscribe(told)
    const before = made.all()
    server.answer = snapshotAnswer(revisions[revision] ?? new Uint8Array(), '"another"')
    expect(await made.refresh()).toBe('unchanged')
    expect([made.status, made.revision]).toEqual(['ready', 2])
    expect(made.all()).toBe(before)
    expect(told).not.toHaveBeenCalled()
    publish(3)
    expect(await made.refresh()).toBe('adopted')
  })

  it('does without ETags where the server gives none', async () => {
    server.answer = bodyAnswer(200, revisions[1])
    const made = await readyClient()
    expect(await made.refresh()).toBe('unchanged')
    server.answer = bodyAnswer(200, revisions[2])
    expect(await made.refresh()).toBe('adopted')
    expect(server.requests.every(({ headers }) => !('if-none-match' in headers))).toBe(true)
  })
})

describe('polling', () => {
  it('adopts a newer revision by itself, and tells subscribers', async () => {
    const made = await readyClient({ pollIntervalMs: INTERVAL_MS })
    const told = vi.fn()
    made.subscribe(told)
    publish(2)
    await soon(() => expect(told).toHaveBeenCalledTimes(1))
    expect(made.revision).toBe(2)
    publish(3)
    await soon(() => expect(made.revision).toBe(3))
    expect(told).toHaveBeenCalledTimes(2)
  })

  it('goes on after failures, less and less often, and is ready again when the server is', async () => {
    const errors: string[] = []
    const made = await readyClient({ pollIntervalMs: 2, onError: ({ message }) => errors.push(message) })
    server.answer = bodyAnswer(503)
    await soon(() => expect(errors.length).toBeGreaterThan(2))
    expect([made.status, made.isOn('swedish')]).toEqual(['stale', true])
    expect(errors[0]).toContain('answered 503')
    publish(2)
    await soon(() => expect([made.status, made.revision]).toEqual(['ready', 2]))
  })

  it('stops when the client is closed, and what was answered is still answered', async () => {
    const made = await readyClient({ pollIntervalMs: 2 })
    await soon(() => expect(server.requests.length).toBeGreaterThan(2))
    const told = vi.fn()
    made.subscribe(told)
    made.close()
    const asked = server.requests.length
    publish(2)
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(server.requests.length).toBeLessThanOrEqual(asked + 1)
    expect(await made.refresh()).toBe('failed')
    expect([made.revision, made.isOn('swedish')]).toEqual([1, true])
    expect(told).not.toHaveBeenCalled()
  })

  it.each([0, -1, Number.NaN])('does not happen with an interval of %s', async (pollIntervalMs) => {
    await readyClient({ pollIntervalMs })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.requests).toHaveLength(1)
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])('is not hurried by an interval of %s', async (pollIntervalMs) => {
    await readyClient({ pollIntervalMs })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.requests.filter(({ url }) => url.includes('snapshot'))).toHaveLength(1)
  })
})

describe('identify', () => {
  it('changes answers at once, and tells subscribers', async () => {
    const made = await readyClient()
    const seen: unknown[] = []
    made.subscribe(() => seen.push(made.isOn('swedish')))
    void made.identify({ country: 'NO' })
    void made.identify(sweden)
    expect(seen).toEqual([false, true])
    expect((await made.explain('swedish')).rule).toBe('asked')
    expect(server.requests).toHaveLength(1)
  })

  it('before the first snapshot says whom that is for', async () => {
    const made = client({ context: { country: 'NO' } })
    void made.identify(sweden)
    await made.ready()
    expect(made.isOn('swedish')).toBe(true)
  })

  it('is remembered by the next revision', async () => {
    const made = await readyClient()
    void made.identify({ country: 'NO' })
    publish(2)
    await made.refresh()
    expect(made.isOn('swedish')).toBe(true)
  })

  it('with what is no context gives errors and defaults, and does not throw', async () => {
    const made = await readyClient()
    void made.identify(null as never)
    expect(made.outcome('swedish').errorCode).toBe('INVALID_CONTEXT')
    expect([made.isOn('swedish', true), made.value('settled', 7)]).toEqual([true, 7])
    void made.identify(sweden)
    expect(made.value('settled', 7)).toBe(1)
  })
})

describe('subscribers', () => {
  it('are no longer told once they have stopped, also while others are being told', async () => {
    const made = await readyClient()
    const seen: string[] = []
    const stopFirst = made.subscribe(() => {
      seen.push('first')
      stopFirst()
      stopSecond()
    })
    const stopSecond = made.subscribe(() => seen.push('second'))
    made.subscribe(() => seen.push('third'))
    void made.identify({})
    void made.identify({})
    expect(seen).toEqual(['first', 'third', 'third'])
  })

  it('that throw do not keep others from being told, and are reported', async () => {
    const errors: string[] = []
    const made = await readyClient({ onError: ({ message }) => errors.push(message) })
    const told = vi.fn()
    made.subscribe(() => {
      throw new Error('boom')
    })
    made.subscribe(told)
    void made.identify({ country: 'NO' })
    publish(2)
    expect(await made.refresh()).toBe('adopted')
    expect(told).toHaveBeenCalledTimes(2)
    expect(errors).toEqual(['boom', 'boom'])
    expect([made.status, made.isOn('swedish')]).toEqual(['ready', true])
  })

  it('and onError may throw both', async () => {
    const made = await readyClient({
      onError: () => {
        throw new Error('again')
      },
    })
    made.subscribe(() => {
      throw new Error('boom')
    })
    expect(() => made.identify({})).not.toThrow()
    server.answer = bodyAnswer(500)
    expect(await made.refresh()).toBe('failed')
    expect([made.status, made.revision]).toEqual(['stale', 1])
  })
})

describe('what does not change is the same object', () => {
  it.each(['swedish', 'settled', 'no-such-flag'])('for the outcome of %s', async (flag) => {
    const made = await readyClient()
    expect(made.outcome(flag)).toBe(made.outcome(flag))
    await made.refresh()
    expect(made.outcome(flag)).toBe(made.outcome(flag))
  })

  it('for all outcomes, of good contexts and of others, and before there is a snapshot', async () => {
    const made = client()
    expect(made.all()).toBe(made.all())
    expect(made.outcome('swedish')).toBe(made.outcome('swedish'))
    await made.ready()
    expect(made.outcome('swedish').reason).toBe('TARGETING_MATCH')
    const all = made.all()
    expect(made.all()).toBe(all)
    void made.identify({ ...sweden })
    expect(made.all()).toBe(all)
    void made.identify([] as never)
    expect(made.all()).not.toBe(all)
    expect(made.all()).toBe(made.all())
  })
})
