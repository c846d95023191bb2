import { reset } from 'cloudflare:test'
import type { Engine } from 'fader'
import { beforeEach, describe, expect, it } from 'vitest'
import { choose } from '../../worker/src/traffic/choose.ts'
import { routeOf } from '../../worker/src/traffic/table.ts'
import { backend, browser, cookieOf, gate, nameOf, publishFlags, tableOf } from './origins/visit.ts'

beforeEach(() => reset())

const table = tableOf({ path: '/*', flag: 'api', safe: 'blue', shed: 'shed', mirror: 'shadow' })
const VISITORS = Array.from({ length: 10_000 }, (_, at) => `visitor-${at}`)

/** Whether so many of all may have come of a chance of `share`: within four standard deviations. */
function expectShare(hits: number, all: number, share: number): void {
  expect(Math.abs(hits - all * share), `${hits} of ${all}`).toBeLessThanOrEqual(
    4 * Math.sqrt(all * share * (1 - share)),
  )
}

/** What flags say, without anything being sent. */
function deciding(worker: ReturnType<typeof gate>) {
  const { traffic, edge } = worker.services
  if (traffic === undefined) throw new Error('there is no traffic')
  const route = routeOf(traffic.table, '/')
  if (route === undefined) throw new Error('there is no route')
  const engine = (): Engine | undefined => edge.standing.adopted?.engine
  return {
    originOf: (deviceId: string) => choose(route, traffic.table, engine(), { deviceId }).origin.name,
    shedOf: (requestId: string) => choose(route, traffic.table, engine(), { requestId }).shedS,
    mirrorOf: (requestId: string) => choose(route, traffic.table, engine(), { requestId }).mirror?.name,
  }
}

describe('shares of traffic', () => {
  it('are those of a weighted split', async () => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { api: backend({ rules: [{ split: { blue: 70, green: 25, dead: 5 } }] }) })
    const { originOf } = deciding(worker)
    const counts: Record<string, number> = {}
    for (const visitor of VISITORS) counts[originOf(visitor)] = (counts[originOf(visitor)] ?? 0) + 1
    for (const [origin, share] of [
      ['blue', 0.7],
      ['green', 0.25],
      ['dead', 0.05],
    ] as const) {
      expectShare(counts[origin] ?? 0, VISITORS.length, share)
    }
  })

  it('rise without moving anybody who was moved already, and without taking one back', async () => {
    const worker = gate({ traffic: table })
    const { originOf } = deciding(worker)
    const moved = new Map<string, string>()
    let violations = 0
    for (const percent of [0, 1, 5, 10, 25, 50, 75, 100]) {
      const rules = [{ traffic: percent, split: { green: 1, slow: 1 } }]
      await publishFlags(worker, { api: backend({ rules }) })
      let hits = 0
      for (const visitor of VISITORS) {
        const origin = originOf(visitor)
        const before = moved.get(visitor)
        if (before !== undefined && before !== origin) violations += 1
        if (origin !== 'blue') moved.set(visitor, origin)
        if (origin !== 'blue') hits += 1
      }
      expectShare(hits, VISITORS.length, percent / 100)
    }
    expect(violations).toBe(0)
    expect(moved.size).toBe(VISITORS.length)
  })

  it('hold for browsers with their cookies, over HTTP', async () => {
    const worker = gate({ traffic: table })
    const cookies: (string | undefined)[] = Array.from({ length: 60 })
    const seen: string[][] = cookies.map(() => [])
    for (const traffic of [0, 20, 50, 80, 100]) {
      await publishFlags(worker, { api: backend({ rules: [{ traffic, serve: 'green' }] }) })
      for (const [at, cookie] of cookies.entries()) {
        const response = await worker.fetch('/x', browser(cookie === undefined ? {} : { cookie }))
        cookies[at] ??= cookieOf(response)
        seen[at]?.push(await nameOf(response))
      }
    }
    for (const origins of seen) expect(origins.join(' ')).toMatch(/^(blue ?)+(green ?)*$/)
    expect(seen.every((origins) => origins[0] === 'blue' && origins[4] === 'green')).toBe(true)
  })

  it('are of requests where they are shed', async () => {
    const worker = gate({ traffic: table })
    const rules = [{ traffic: 30, serve: 'later' }]
    const shed = { type: 'number', unit: 'requestId', variants: { later: 30, no: 0 }, safe: 'no', rules }
    await publishFlags(worker, { shed, api: backend() })
    const { shedOf } = deciding(worker)
    expectShare(VISITORS.filter((request) => shedOf(request) === 30).length, VISITORS.length, 0.3)
    const answers = await Promise.all(Array.from({ length: 300 }, () => worker.fetch('/x', browser())))
    const sent = answers.filter(({ status }) => status === 503)
    expectShare(sent.length, answers.length, 0.3)
    expect(worker.metrics.count('routing_shed', 'flag')).toEqual({ shed: sent.length })
    for (const response of sent) expect(response.headers.get('retry-after')).toBe('30')
    expect(await sent[0]?.json()).toMatchObject({ type: 'urn:fader:problem:shed', status: 503 })
  })

  it('are of requests where they are mirrored', async () => {
    const worker = gate({ traffic: table })
    const shadow = backend({ unit: 'requestId', safe: 'nowhere', rules: [{ traffic: 10, serve: 'green' }] })
    await publishFlags(worker, { shadow, api: backend() })
    const { mirrorOf } = deciding(worker)
    expectShare(VISITORS.filter((request) => mirrorOf(request) === 'green').length, VISITORS.length, 0.1)
  })
})

describe('shedding', () => {
  it.each([
    ['true', { type: 'boolean', variants: { on: true }, safe: 'on' }, '5'],
    ['false', { type: 'boolean', variants: { off: false }, safe: 'off' }, null],
    ['0', { type: 'number', variants: { zero: 0 }, safe: 'zero' }, null],
    ['a number below zero', { type: 'number', variants: { less: -1 }, safe: 'less' }, null],
    ['half a second', { type: 'number', variants: { half: 0.5 }, safe: 'half' }, '1'],
    ['a year', { type: 'number', variants: { year: 31_536_000 }, safe: 'year' }, '86400'],
    ['a text', { type: 'string', variants: { text: 'true' }, safe: 'text' }, null],
  ])('of a flag that gives %s', async (_, shed, after) => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shed, api: backend() })
    const response = await worker.fetch('/x', browser())
    expect(response.status).toBe(after === null ? 200 : 503)
    expect(response.headers.get('retry-after')).toBe(after)
  })
})

describe('a mirror', () => {
  const shadow = backend({ otherwise: 'green' })

  it.each(['GET', 'HEAD'])('gets a copy of a %s, which nobody waits for', async (method) => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shadow, api: backend() })
    const response = await worker.fetch('/x?y=1', { method })
    expect(response.headers.get('x-origin')).toBe('blue')
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({ '2xx': 1 })
    expect(worker.metrics.count('routing_requests', 'origin')).toEqual({ blue: 1 })
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('gets none of a %s', async (method) => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shadow, api: backend() })
    await worker.fetch('/x', { method })
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({})
  })

  it('gets none where it is the origin that answers', async () => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shadow, api: backend({ otherwise: 'green' }) })
    await worker.fetch('/x')
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({})
  })

  it('that is slow holds nothing up, and is given up in its own time', async () => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shadow: backend({ otherwise: 'slow' }), api: backend() })
    const began = Date.now()
    await worker.fetch('/slow?ms=10')
    expect(Date.now() - began).toBeLessThan(1_000)
    await worker.fetch('/slow-green?ms=3000')
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({ '2xx': 1, late: 1 })
  })

  it('gets thirty-two copies at once at most', async () => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { shadow: backend({ otherwise: 'slow' }), api: backend() })
    await Promise.all(Array.from({ length: 40 }, () => worker.fetch('/slow-green?ms=3000')))
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({ late: 32, 'left out': 8 })
  })
})

describe('what is measured', () => {
  it('is kept for the variant and the arm of each request', async () => {
    const worker = gate({ traffic: table })
    const ramp = { rule: 'canary', stages: [{ percent: 50 }, { percent: 100 }], stage: 0 }
    const api = backend({ rules: [{ id: 'canary', serve: 'green' }], ramp })
    await publishFlags(worker, { api })
    for (let at = 0; at < 40; at += 1) await worker.fetch(at % 4 === 0 ? '/status?code=500' : '/x', browser())
    const { metrics } = worker
    const { rows } = metrics
    const requests = rows.filter(({ name }) => name === 'routing_requests')
    expect(requests).toHaveLength(40)
    for (const { labels } of requests) {
      expect(labels).toMatchObject({ route: '/*', flag: 'api', origin: labels.variant })
      expect(labels.arm).toBe(labels.variant === 'green' ? 'treated' : 'control')
    }
    expect(metrics.count('routing_requests', 'status')).toEqual({ '5xx': 10, '2xx': 30 })
    const times = rows.filter(({ name }) => name === 'routing_seconds')
    expect(times).toHaveLength(40)
    for (const { value } of times) expect(value).toBeGreaterThanOrEqual(0)
    expect(Object.keys(metrics.count('routing_requests', 'variant')).sort()).toEqual(['blue', 'green'])
  })

  it('counts the flags that were asked, and those of pages for people alone', async () => {
    const traffic = tableOf({ path: '/*', flag: 'api', shed: 'shed', safe: 'blue', bootstrap: true })
    const worker = gate({ traffic })
    const shed = { type: 'boolean', variants: { off: false }, safe: 'off' }
    await publishFlags(worker, { shed, api: backend({ reveal: 'value', rules: [{ traffic: 100, serve: 'green' }] }) })
    await worker.fetch('/page', browser())
    await worker.fetch('/page', browser({ 'sec-purpose': 'prefetch' }))
    expect(worker.metrics.count('evaluations', 'by')).toEqual({ traffic: 4, page: 1 })
    expect(worker.metrics.count('evaluations', 'outcome')).toEqual({ static: 2, targeting_match: 2, default: 1 })
  })

  it('says nothing of who somebody is', async () => {
    const worker = gate({ traffic: table })
    await publishFlags(worker, { api: backend({ rules: [{ split: { blue: 1, green: 1 } }] }) })
    const headers = { 'cf-connecting-ip': '203.0.113.7', 'accept-language': 'sv-SE' }
    const response = await worker.fetch('/secret-path?q=secret-query', browser(headers))
    const written = JSON.stringify(worker.metrics.rows)
    const id = cookieOf(response)?.split('.')[1] ?? 'no id'
    for (const secret of [id, '203.0.113.7', 'sv-SE', 'secret', 'Chrome']) expect(written).not.toContain(secret)
  })
})
