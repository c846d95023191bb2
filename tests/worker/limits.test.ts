import { describe, expect, it } from 'vitest'
import { Limits, parseRates, type RateClass, rates } from '../../worker/src/access/limit.ts'
import { type Route, routes } from '../../worker/src/routes.ts'
import { noStore, recording, tokenSource } from './admitting.ts'
import { dead, sourceFrom } from './alone.ts'
import { type Isolate, isolate } from './isolate.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const bearer = (token: string, address?: string) => ({
  authorization: `Bearer ${token}`,
  ...(address === undefined ? {} : { 'cf-connecting-ip': address }),
})
const HERE = '192.0.2.1'
const THERE = '192.0.2.2'

/** How many of so many takes at one moment come through. */
function through(limits: Limits, name: RateClass, who: string, times: number): number {
  let passed = 0
  for (let time = 0; time < times; time += 1) {
    try {
      limits.take(name, who)
      passed += 1
    } catch {
      // It is one too many.
    }
  }
  return passed
}

describe('a rate', () => {
  const given = { ...rates, admin: { perSecond: 10, burst: 30 } }

  it('lets through a burst, and then so many a second', () => {
    let now = 1_000_000
    const limits = new Limits(given, () => now)
    expect(through(limits, 'admin', 'a', 100)).toBe(30)
    now += 100
    expect(through(limits, 'admin', 'a', 100)).toBe(1)
    now += 1000
    expect(through(limits, 'admin', 'a', 100)).toBe(10)
    now += 3_600_000
    expect(through(limits, 'admin', 'a', 100)).toBe(30)
  })

  it('is for each caller and class alone', () => {
    const limits = new Limits(given, () => 0)
    expect(through(limits, 'admin', 'a', 100)).toBe(30)
    expect(through(limits, 'admin', 'b', 100)).toBe(30)
    expect(through(limits, 'stream', 'a', 100)).toBe(100)
  })

  it('says in whole seconds when to come again', () => {
    let now = 0
    const limits = new Limits({ ...rates, admin: { perSecond: 0.1, burst: 1 } }, () => now)
    limits.take('admin', 'a')
    const refusal = () => {
      try {
        limits.take('admin', 'a')
        return undefined
      } catch (thrown) {
        return (thrown as { options: { headers: Record<string, string> } }).options.headers['retry-after']
      }
    }
    expect(refusal()).toBe('10')
    now = 8500
    expect(refusal()).toBe('2')
    now = 9990
    expect(refusal()).toBe('1')
    now = 10_000
    expect(refusal()).toBeUndefined()
  })

  it('neither fills nor empties when the clock is set back', () => {
    let now = 1_000_000
    const limits = new Limits(given, () => now)
    expect(through(limits, 'admin', 'a', 20)).toBe(20)
    now = 0
    expect(through(limits, 'admin', 'a', 100)).toBe(10)
    now = 1000
    expect(through(limits, 'admin', 'a', 100)).toBe(10)
  })

  it('is kept for ten thousand callers at most, and who came first is forgotten first', () => {
    const limits = new Limits(given, () => 0)
    for (let number = 0; number < 50_000; number += 1) limits.take('admin', `caller-${number}`)
    expect(limits.size).toBe(10_000)
    expect(through(limits, 'admin', 'caller-49999', 100)).toBe(29)
    expect(through(limits, 'admin', 'caller-0', 100)).toBe(30)
    for (let number = 0; number < 50_000; number += 1) limits.check('admin', `other-${number}`)
    expect(limits.size).toBe(10_000)
  })
})

describe('rates that are configured', () => {
  it('stand in place of those that they name', () => {
    expect(parseRates(undefined)).toEqual(rates)
    expect(parseRates('')).toEqual(rates)
    const admin = { perSecond: 0.5, burst: 3 }
    expect(parseRates(JSON.stringify({ admin }))).toEqual({ ...rates, admin })
    expect(parseRates({ admin })).toEqual({ ...rates, admin })
  })

  it.each([
    '[]x',
    '[1]',
    'null',
    '{"kill":{"perSecond":1,"burst":1}}',
    '{"admin":{"perSecond":0,"burst":1}}',
    '{"admin":{"perSecond":1,"burst":0}}',
    '{"admin":{"perSecond":"1","burst":1}}',
    '{"admin":5}',
    '{"admin":null}',
    '{"toString":{"perSecond":1,"burst":1}}',
  ])('%s is not understood, and says so', (text) => {
    expect(() => parseRates(text)).toThrow('RATE_LIMITS')
  })
})

const kill: Route = {
  method: 'POST',
  path: '/v1/admin/kill',
  access: 'kill',
  sharing: 'same-origin',
  handler: () => new Response(),
}
const stream: Route = {
  method: 'GET',
  path: '/v1/stream',
  access: 'evaluate',
  rate: 'stream',
  sharing: 'any-origin',
  handler: () => new Response(),
}
const others = routes.filter(({ path }) => path !== kill.path && path !== stream.path)
const table = recording([...others, kill, stream])
const BULK = '/ofrep/v1/evaluate/flags'

/** An isolate whose clock stands still until it is told. */
function stoppedIsolate(): { worker: Isolate; wait: (ms: number) => void; asked: { actors: number } } {
  let now = Date.now()
  const { source } = tokenSource([
    { kind: 'client', token: CLIENT_TOKEN },
    { kind: 'edge', token: EDGE_TOKEN },
  ])
  const asked = { actors: 0 }
  const actor = async () => {
    asked.actors += 1
    return null
  }
  const store = () => ({ actor }) as never
  const few = { perSecond: 1, burst: 3 }
  const small = {
    open: few,
    evaluate: few,
    record: few,
    stream: { perSecond: 1, burst: 1 },
    replicate: few,
    admin: few,
    refused: few,
  }
  const worker = isolate({ table, source, store, rates: small, now: () => now })
  return {
    worker,
    asked,
    wait: (ms) => {
      now += ms
    },
  }
}

async function statuses(worker: Isolate, path: string, init: RequestInit, times = 5): Promise<number[]> {
  const seen: number[] = []
  for (let time = 0; time < times; time += 1) seen.push((await worker.fetch(path, init)).status)
  return seen
}

describe('the rates of the worker itself', () => {
  it('let a program that is well do what it does, and end somewhere', async () => {
    const { source } = tokenSource([{ kind: 'client', token: CLIENT_TOKEN }])
    const now = Date.now()
    const worker = isolate({ table, source, rates, now: () => now })
    const seen = await statuses(worker, BULK, { method: 'POST', headers: bearer(CLIENT_TOKEN, HERE) }, 2010)
    expect(seen.indexOf(429)).toBe(2000)
    expect((await statuses(worker, '/v1/admin/history', { headers: bearer(ADMIN_TOKEN) }, 210)).indexOf(429)).toBe(200)
  })
})

describe('requests that are too many', () => {
  it('are answered with 429 and when to come again', async () => {
    const { worker, wait } = stoppedIsolate()
    const history = { headers: bearer(ADMIN_TOKEN) }
    expect(await statuses(worker, '/v1/admin/history', history)).toEqual([200, 200, 200, 429, 429])
    const refused = await worker.fetch('/v1/admin/history', history)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ type: 'urn:fader:problem:too-many-requests', status: 429 })
    wait(1000)
    expect(await statuses(worker, '/v1/admin/history', history, 2)).toEqual([200, 429])
  })

  it("are told in the remote protocol's words to its clients, and pages may read when to come again", async () => {
    const { worker } = stoppedIsolate()
    const init = { method: 'POST', headers: bearer(CLIENT_TOKEN, HERE) }
    expect(await statuses(worker, BULK, init)).toEqual([200, 200, 200, 429, 429])
    const refused = await worker.fetch(BULK, init)
    expect(await refused.json()).toMatchObject({ errorCode: 'GENERAL' })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After')
  })

  it('are counted for each address where the token is public, and for the token where it is secret', async () => {
    const { worker } = stoppedIsolate()
    const from = (token: string, address: string) => ({ method: 'POST', headers: bearer(token, address) })
    expect(await statuses(worker, BULK, from(CLIENT_TOKEN, HERE))).toContain(429)
    expect(await statuses(worker, BULK, from(CLIENT_TOKEN, THERE), 3)).toEqual([200, 200, 200])
    expect(await statuses(worker, BULK, from(EDGE_TOKEN, HERE))).toContain(429)
    expect(await statuses(worker, BULK, from(EDGE_TOKEN, THERE), 1)).toEqual([429])
  })

  it('of one class do not count for another', async () => {
    const { worker } = stoppedIsolate()
    const headers = bearer(CLIENT_TOKEN, HERE)
    expect(await statuses(worker, '/v1/stream', { headers }, 2)).toEqual([200, 429])
    expect(await statuses(worker, BULK, { method: 'POST', headers }, 3)).toEqual([200, 200, 200])
  })

  it('are counted for each address where no token is asked for, and not where nobody says whose they are', async () => {
    const { worker } = stoppedIsolate()
    const from = (address: string) => ({ headers: { 'cf-connecting-ip': address } })
    expect(await statuses(worker, '/healthz', from(HERE))).toEqual([200, 200, 200, 429, 429])
    expect(await statuses(worker, '/healthz', from(THERE), 1)).toEqual([200])
    expect(await statuses(worker, '/healthz', {}, 10)).toEqual(Array(10).fill(200))
  })
})

describe('tokens that are refused', () => {
  it('count for the address that tried them, whatever the route', async () => {
    const { worker } = stoppedIsolate()
    const wrong = { headers: bearer('wrong', HERE) }
    expect(await statuses(worker, '/v1/admin/history', wrong, 2)).toEqual([401, 401])
    expect(await statuses(worker, '/v1/snapshot/client', wrong, 2)).toEqual([401, 429])
    expect(await statuses(worker, '/v1/snapshot/client', { headers: { 'cf-connecting-ip': HERE } }, 1)).toEqual([429])
    expect(await statuses(worker, '/v1/snapshot/client', { headers: bearer('wrong', THERE) }, 1)).toEqual([401])
  })

  it('are not taken to the store any more', async () => {
    const { worker, asked } = stoppedIsolate()
    expect(await statuses(worker, '/v1/admin/history', { headers: bearer('wrong', HERE) }, 20)).toContain(429)
    expect(asked.actors).toBe(3)
  })

  it('do not shut out a good client token from the same address', async () => {
    const { worker } = stoppedIsolate()
    await statuses(worker, '/v1/snapshot/client', { headers: bearer('wrong', HERE) }, 20)
    expect(await statuses(worker, BULK, { method: 'POST', headers: bearer(CLIENT_TOKEN, HERE) }, 1)).toEqual([200])
  })
})

describe('a kill', () => {
  it('is never one too many, whatever else comes from there', async () => {
    const { worker } = stoppedIsolate()
    const admin = { headers: bearer(ADMIN_TOKEN, HERE) }
    await statuses(worker, '/v1/admin/history', admin, 20)
    await statuses(worker, '/v1/admin/history', { headers: bearer('wrong', HERE) }, 20)
    expect(await statuses(worker, kill.path, { method: 'POST', ...admin }, 500)).toEqual(Array(500).fill(200))
  })

  it('is refused without a limit as well, so that a flood of guesses keeps nobody from it', async () => {
    const { worker } = stoppedIsolate()
    const guess = { method: 'POST', headers: bearer('wrong', HERE) }
    expect(new Set(await statuses(worker, kill.path, guess, 50))).toEqual(new Set([401]))
    expect(await statuses(worker, kill.path, { method: 'POST', headers: bearer(ADMIN_TOKEN, HERE) }, 1)).toEqual([200])
  })

  it("needs no store to know the configuration's token", async () => {
    const worker = isolate({ table, source: sourceFrom(dead()), store: noStore })
    expect((await worker.admin(kill.path, { method: 'POST' })).status).toBe(200)
  })
})
