import { type Client, type ClientOptions, type Context, loadEngine, type Outcome } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { BothFeed } from '../../js/dist/both-feed.js'
import { FlagClient } from '../../js/dist/client.js'
import { LocalFeed } from '../../js/dist/local-feed.js'
import { asks, compile, define, gives, storefront } from './support/definition.ts'
import { Evaluator } from './support/ofrep.ts'
import { type Answer, bodyAnswer, snapshotAnswer, TestServer } from './support/server.ts'

const sweden = { country: 'SE', userId: 'u-1' }

const unhandled: unknown[] = []
process.on('unhandledRejection', (cause) => unhandled.push(cause))

interface Published {
  readonly snapshot: Answer
  readonly evaluator: Evaluator
}

let server: TestServer
/** What is published, by revision. Every value says its revision. */
const at: Published[] = []
const clients: Client[] = []
const errors: Error[] = []
/** How each of the two is answered. */
let local: Answer
let remote: Answer

async function published(definition: string): Promise<Published> {
  const evaluator = await Evaluator.of(definition)
  const snapshot = await compile(definition, 'client')
  return { evaluator, snapshot: snapshotAnswer(snapshot, `"${evaluator.engine.revision}"`) }
}

beforeAll(async () => {
  for (let revision = 0; revision < 6; revision += 1) {
    const flags = {
      here: gives('number', revision),
      swedish: asks({ country: 'SE' }),
      there: { ...gives('number', revision), reveal: 'value' },
    }
    at.push(await published(define(flags, { revision })))
  }
})

beforeEach(async () => {
  server = await TestServer.start()
  server.answer = (request, response) => (request.url === '/v1/snapshot/client' ? local : remote)(request, response)
  publish(1)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.stop()
  errors.length = 0
  expect(unhandled.splice(0)).toEqual([])
})

const revisionAt = (revision: number) => at[revision] as Published

function publish(own: number, theirs = own): void {
  local = revisionAt(own).snapshot
  remote = revisionAt(theirs).evaluator.answer
}

async function ready(options: Partial<ClientOptions> = {}): Promise<Client> {
  const onError = (error: Error) => errors.push(error)
  const made = new FlagClient(
    { url: server.url, context: sweden, pollIntervalMs: 0, onError, ...options },
    (beginning) => new BothFeed(beginning, new LocalFeed(beginning, loadEngine)),
  )
  clients.push(made)
  await made.ready()
  return made
}

const told = (outcome: Outcome) => outcome.value ?? outcome.errorCode
const seen = (client: Client) => [client.revision, told(client.outcome('here')), told(client.outcome('there'))]

describe('the engine here and the worker', () => {
  it('answer together, each flag as the worker would', async () => {
    const client = await ready()
    expect([client.status, ...seen(client)]).toEqual(['ready', 1, 1, 1])
    const wanted = revisionAt(1).evaluator.outcomes(sweden)
    expect(client.all()).toStrictEqual(wanted)
    for (const outcome of wanted) expect(client.outcome(outcome.flag)).toStrictEqual(outcome)
    expect(client.outcome('nothing').errorCode).toBe('FLAG_NOT_FOUND')
    expect((await client.explain('swedish')).steps.length).toBeGreaterThan(0)
    expect(await client.explain('there')).toMatchObject({ value: 1, steps: [] })
  })

  it('answer as the worker would for all visitors of the storefront', { timeout: 60_000 }, async () => {
    const shop = await published(JSON.stringify({ ...(JSON.parse(storefront) as object), revision: 3 }))
    local = shop.snapshot
    remote = shop.evaluator.answer
    const client = await ready()
    let different = 0
    for (const given of visitors({ seed: 11, count: 300 })) {
      const { $sticky: _, ...context } = given as Context
      await client.identify(context)
      const wanted = shop.evaluator.outcomes(context)
      const isWhole = wanted.every(({ errorCode }) => errorCode === undefined)
      if (isWhole) expect([...client.all()].sort(byKey)).toStrictEqual(wanted)
      else different += 1
    }
    expect(different).toBeLessThan(10)
    expect(errors).toEqual([])
  })

  it('go to a newer revision together', async () => {
    const client = await ready()
    publish(2)
    expect([await client.refresh(), ...seen(client)]).toEqual(['adopted', 2, 2, 2])
    expect(await client.refresh()).toBe('unchanged')
  })

  it.each([
    ['the worker', () => publish(2, 1), () => publish(2)],
    ['the snapshot', () => publish(1, 2), () => publish(2)],
  ])('wait for each other, when %s is behind', async (_, begin, end) => {
    const client = await ready()
    begin()
    const refreshed = client.refresh()
    const values = new Set<string>()
    client.subscribe(() => values.add(JSON.stringify(seen(client))))
    setTimeout(end, 100)
    expect([await refreshed, ...seen(client)]).toEqual(['adopted', 2, 2, 2])
    expect([...values]).toEqual(['[2,2,2]'])
  })

  it("do not wait for ever: then the worker's flags have no answer, and in the end they have", async () => {
    const client = await ready()
    publish(2, 1)
    expect([await client.refresh(), ...seen(client)]).toEqual(['adopted', 2, 2, 'PROVIDER_NOT_READY'])
    expect(client.all().map(({ flag }) => flag)).toEqual(['here', 'swedish'])
    publish(2)
    expect([await client.refresh(), ...seen(client), client.status]).toEqual(['adopted', 2, 2, 2, 'ready'])
  })
})

describe('a worker that does not answer', () => {
  it.each([
    ['hangs up', (request: Parameters<Answer>[0]) => request.socket.destroy()],
    ['is wrong', bodyAnswer(200, '<!doctype html>')],
    ['is busy', bodyAnswer(429, '', { 'retry-after': '3' })],
  ] as [string, Answer][])('and %s leaves the flags that are evaluated here', async (_, answer) => {
    remote = answer
    const client = await ready()
    expect([client.status, ...seen(client)]).toEqual(['stale', 1, 1, 'PROVIDER_NOT_READY'])
    expect(errors.length).toBeGreaterThan(0)
    publish(1)
    expect([await client.refresh(), client.status, ...seen(client)]).toEqual(['adopted', 'ready', 1, 1, 1])
  })

  it('leaves the answers that there are, when nothing is new', async () => {
    const client = await ready()
    remote = bodyAnswer(500)
    expect([await client.refresh(), client.status, ...seen(client)]).toEqual(['failed', 'stale', 1, 1, 1])
    local = revisionAt(2).snapshot
    expect([await client.refresh(), ...seen(client)]).toEqual(['adopted', 2, 2, 'PROVIDER_NOT_READY'])
  })

  it('does not keep back what can be answered here', async () => {
    const client = await ready()
    remote = () => {}
    const began = Date.now()
    await client.identify({ country: 'NO' })
    expect(Date.now() - began).toBeLessThan(5000)
    expect([client.isOn('swedish', true), ...seen(client)]).toEqual([false, 1, 1, 'PROVIDER_NOT_READY'])
  })

  it('gives nobody the answers of another', async () => {
    const client = await ready()
    remote = bodyAnswer(500)
    await client.identify({ country: 'NO', userId: 'u-2' })
    expect(seen(client)).toEqual([1, 1, 'PROVIDER_NOT_READY'])
    expect(client.context).toEqual({ country: 'NO', userId: 'u-2' })
  })
})

it('a snapshot that cannot be had is a failure, and the last answers go on', async () => {
  const client = await ready()
  local = bodyAnswer(500)
  remote = revisionAt(2).evaluator.answer
  expect([await client.refresh(), client.status, ...seen(client)]).toEqual(['failed', 'stale', 1, 1, 1])
  publish(2)
  expect([await client.refresh(), client.status, ...seen(client)]).toEqual(['adopted', 'ready', 2, 2, 2])
})

it('answers are of one revision, whatever each of the two was at', { timeout: 60_000 }, async () => {
  const client = await ready()
  const broken = bodyAnswer(500)
  let random = 1
  const below = (limit: number) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff
    return (random >>> 8) % limit
  }
  const mixed: unknown[] = []
  const look = () => {
    const [revision, here, there] = seen(client)
    // Somebody else's answers are dropped where their own cannot be had.
    const isNothing = revision === undefined && here === 'PROVIDER_NOT_READY' && there === here
    const isOne = revision === here && (there === here || there === 'PROVIDER_NOT_READY')
    if (!isNothing && !isOne) mixed.push([revision, here, there])
  }
  client.subscribe(look)
  for (let step = 0; step < 30; step += 1) {
    const newest = 1 + Math.floor(step / 8)
    publish(Math.min(5, newest + below(2)), Math.min(5, newest + below(2)))
    if (below(6) === 0) remote = broken
    if (below(8) === 0) local = broken
    const work = below(2) === 0 ? client.refresh() : client.identify({ country: ['SE', 'NO'][below(2)], step })
    if (below(3) > 0) await work
    look()
  }
  publish(5)
  await vi.waitFor(async () => {
    await client.refresh()
    expect(seen(client)).toEqual([5, 5, 5])
  })
  expect(mixed).toEqual([])
})

function byKey(a: Outcome, b: Outcome): number {
  return a.flag < b.flag ? -1 : 1
}
