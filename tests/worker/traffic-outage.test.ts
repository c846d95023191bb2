import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { backend, browser, gate, nameOf, publishFlags, tableOf } from './origins/visit.ts'

beforeEach(() => reset())

const byFlag = tableOf({ path: '/*', flag: 'api', safe: 'blue' })

/** A worker whose flag sends everybody to one origin. */
async function gateTo(origin: string, now?: () => number) {
  const worker = gate({ traffic: byFlag, ...(now === undefined ? {} : { now }) })
  await publishFlags(worker, { api: backend({ otherwise: origin }) })
  return worker
}

describe('an origin that is dead', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('is replaced by the safe one for %s', async (method) => {
    const worker = await gateTo('dead')
    const response = await worker.fetch('/x', { method })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-origin')).toBe('blue')
    expect(worker.metrics.count('routing_fallbacks', 'origin')).toEqual({ dead: 1 })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is told of for %s, which may have done something', async (method) => {
    const worker = await gateTo('dead')
    const response = await worker.fetch('/x', { method, body: 'once only' })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:origin-unreachable', status: 502 })
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is left alone after five failures, and then even a POST is sent to the safe one', async () => {
    const worker = await gateTo('dead')
    for (let at = 0; at < 5; at += 1) expect((await worker.fetch('/x', { method: 'POST' })).status).toBe(502)
    const response = await worker.fetch('/x', { method: 'POST', body: 'never sent before' })
    expect(await response.json()).toMatchObject({ name: 'blue', body: 'never sent before' })
    expect(worker.metrics.count('breaker_open', 'origin')).toEqual({ dead: 1 })
  })

  it('is asked again after a while, by one request', async () => {
    let now = Date.now()
    const worker = await gateTo('dead', () => now)
    for (let at = 0; at < 10; at += 1) expect(await nameOf(await worker.fetch('/x'))).toBe('blue')
    expect(worker.metrics.count('routing_requests', 'status')).toEqual({ unreachable: 5, spared: 5, '2xx': 10 })
    now += 1000
    await Promise.all(Array.from({ length: 5 }, () => worker.fetch('/x')))
    expect(worker.metrics.count('routing_requests', 'status')).toEqual({ unreachable: 6, spared: 9, '2xx': 15 })
  })

  it('has a mirror, whose death nobody notices', async () => {
    const traffic = tableOf({ path: '/*', mirror: 'shadow', safe: 'blue' })
    const worker = gate({ traffic })
    await publishFlags(worker, { shadow: backend({ otherwise: 'dead' }) })
    expect(await nameOf(await worker.fetch('/x'))).toBe('blue')
    await worker.settle()
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({ unreachable: 1 })
    expect(worker.metrics.count('breaker_open', 'origin')).toEqual({})
  })

  it('fails fast where it is the safe one itself, and says when to come again', async () => {
    let now = 0
    const worker = gate({ traffic: tableOf({ path: '/*', safe: 'dead' }), now: () => now })
    for (let at = 0; at < 5; at += 1) expect((await worker.fetch('/x')).status).toBe(502)
    const response = await worker.fetch('/x')
    expect(response.status).toBe(502)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(worker.metrics.count('routing_requests', 'status')).toEqual({ unreachable: 5, spared: 1 })
    for (let wait = 1000; wait <= 8000; wait *= 2) {
      now += wait
      await worker.fetch('/x')
    }
    expect((await worker.fetch('/x')).headers.get('retry-after')).toBe('16')
  })
})

describe('an origin that is late', () => {
  it('is replaced by the safe one, and nobody waits longer than its time', async () => {
    const worker = await gateTo('slow')
    const began = Date.now()
    const response = await worker.fetch('/slow?ms=400', { method: 'GET' }).catch(() => undefined)
    expect(Date.now() - began).toBeGreaterThanOrEqual(150)
    // The safe one is as slow on this path, and has more time.
    expect(response?.headers.get('x-origin')).toBe('blue')
    expect(worker.metrics.count('routing_requests', 'status')).toEqual({ late: 1, '2xx': 1 })
  }, 10_000)

  it('is a 504 for what may not be repeated', async () => {
    const response = await (await gateTo('slow')).fetch('/slow?ms=5000', { method: 'POST', body: 'x' })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ type: 'urn:fader:problem:origin-late' })
  })

  it('may take its time for the rest, once it has begun', async () => {
    const traffic = tableOf({ path: '/*', safe: 'slow' })
    expect(await (await gate({ traffic }).fetch('/drip?ms=400')).text()).toBe('first last')
  })
})

describe('an origin that fails', () => {
  it.each([502, 503, 504])('is passed on with its %i, and left alone after five', async (code) => {
    const worker = await gateTo('green')
    for (let at = 0; at < 5; at += 1) {
      const response = await worker.fetch(`/status?code=${code}`)
      expect(response.status).toBe(code)
      expect(response.headers.get('x-origin')).toBe('green')
    }
    expect(await nameOf(await worker.fetch('/x'))).toBe('blue')
  })

  it.each([500, 501, 429, 404])('is alive when it says %i', async (code) => {
    const worker = await gateTo('green')
    for (let at = 0; at < 20; at += 1) await worker.fetch(`/status?code=${code}`)
    expect(await nameOf(await worker.fetch('/x'))).toBe('green')
  })

  it('cuts the connection, and the safe one answers', async () => {
    const worker = await gateTo('green')
    const response = await worker.fetch('/cut-green')
    expect(response.headers.get('x-origin')).toBe('blue')
  })
})

describe('a switch under load', () => {
  it('drops no request, back and forth', async () => {
    const worker = await gateTo('blue')
    const seen: Record<string, number> = {}
    let isOver = false
    const visit = async () => {
      while (!isOver) {
        const response = await worker.stream('/slow?ms=20', browser())
        expect(await response.text()).toBe('late')
        const key = `${response.status} ${response.headers.get('x-origin')}`
        seen[key] = (seen[key] ?? 0) + 1
      }
    }
    const visitors = Array.from({ length: 8 }, visit)
    for (const origin of ['green', 'blue', 'green', 'blue', 'green', 'blue']) {
      await publishFlags(worker, { api: backend({ otherwise: origin }) })
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    isOver = true
    await Promise.all(visitors)
    expect(Object.keys(seen).sort()).toEqual(['200 blue', '200 green'])
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
  })

  it('leaves what is under way where it is', async () => {
    const worker = await gateTo('blue')
    const underway = worker.stream('/slow?ms=300')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await publishFlags(worker, { api: backend({ otherwise: 'green' }) })
    expect(await nameOf(await worker.fetch('/x'))).toBe('green')
    expect((await underway).headers.get('x-origin')).toBe('blue')
  })
})
