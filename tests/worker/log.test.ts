import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Handler } from '../../worker/src/call.ts'
import { report } from '../../worker/src/log.ts'
import { Problem } from '../../worker/src/problem.ts'
import { isolate as alone, answering, dead } from './alone.ts'
import { evaluate, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${ID}-00f067aa0ba902b7-01`

let lines: string[] = []
beforeEach(() => {
  lines = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => {
      lines.push(said.map(String).join(' '))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

const said = (at = 0) => JSON.parse(lines[at] ?? 'null')

describe('a report', () => {
  it('is one line of JSON', () => {
    report('it rains', new TypeError('since\nMonday'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(said()).toEqual({
      level: 'error',
      event: 'it rains',
      error: 'TypeError: since\nMonday',
      at: expect.any(Array),
    })
  })

  it('is a warning when nothing was thrown', () => {
    report('it may rain')
    expect(said()).toEqual({ level: 'warn', event: 'it may rain' })
  })

  it.each([
    ['a token', `the token ${ADMIN_TOKEN} is wrong`, 'the token fader_admin_… is wrong'],
    ['a header', 'Authorization: Bearer abc.def', 'Authorization: Bearer …'],
    ['an address', 'no mail to elin@sandberg.example today', 'no mail to (address) today'],
    ['an IPv4 address', 'from 192.0.2.44:80', 'from (address):80'],
    ['an IPv6 address', 'from 2001:db8:0:0:8a2e:370:7334:1 on', 'from (address) on'],
    ['a query', 'GET https://a.example/x?user=u-1&t=2 failed', 'GET https://a.example/x?… failed'],
    ['a key', `the key ${'aB3_'.repeat(11)} is short`, 'the key (secret) is short'],
  ])('leaves out %s that somebody else’s message has', (_, message, kept) => {
    report('x', new Error(message))
    expect(said().error).toBe(`Error: ${kept}`)
  })

  it('repeats nothing of what a parser was given', () => {
    try {
      JSON.parse('{"name": u-9377}')
    } catch (cause) {
      report('x', cause)
    }
    expect(lines[0]).not.toContain('u-9377')
    expect(said().error).toContain('SyntaxError')
  })

  it.each([['u-9377'], [{ unit: 'u-9377' }], [['u-9377']]])('repeats nothing of %j when it is thrown', (thrown) => {
    report('x', thrown)
    expect(lines[0]).not.toContain('u-9377')
  })

  it('of a request has its trace, its pattern and its kind of problem', async () => {
    const handler: Handler = () => {
      throw new RangeError('too far')
    }
    const table = [{ method: 'GET', path: '/of/:unit', access: 'anyone', sharing: 'any-origin', handler }] as const
    const response = await isolate({ table }).fetch('/of/u-9377?why=u-9377', { headers: { traceparent } })
    expect(response.status).toBe(500)
    expect(said()).toMatchObject({
      level: 'error',
      event: 'a request failed',
      trace: ID,
      route: '/of/:unit',
      problem: 'internal',
      error: 'RangeError: too far',
    })
    expect(lines.join()).not.toContain('u-9377')
  })

  it('is not made of what the caller is told', async () => {
    const handler: Handler = () => {
      throw new Problem('not-found', 'Not here.')
    }
    const table = [{ method: 'GET', path: '/', access: 'anyone', sharing: 'any-origin', handler }] as const
    await isolate({ table }).fetch('/')
    expect(lines).toEqual([])
  })
})

describe('a run in which much goes wrong', () => {
  /** Each of these is somewhere in what is sent, and may be nowhere in what is logged or measured. */
  const canaries = ['canary-unit', 'canary@example.com', '203.0.113.77', 'canary-query', 'canary-key', 'canary-session']

  it('leaves no trace of persons and tokens in any line or number', async () => {
    let isBroken = false
    const on = isolate()
    await publish(on, DEFINITION)
    const broken = alone({
      store: answering(() => dead(new Error('no answer to canary@example.com?unit=canary-query from 203.0.113.77'))),
    })
    const context = {
      userId: 'canary-unit',
      email: 'canary@example.com',
      ip: '203.0.113.77',
      session: 'canary-session',
    }
    const headers = { 'x-forwarded-for': '203.0.113.77', cookie: 'session=canary-session', traceparent }
    for (const each of [on, broken]) {
      await evaluate(each, context, { headers })
      await evaluate(each, context, { headers, key: 'canary-key' })
      await each.client('/ofrep/v1/evaluate/flags?unit=canary-query', {
        method: 'POST',
        body: '{"context": canary-unit',
      })
      await each.client('/ofrep/v1/evaluate/flags', { method: 'POST', body: '{"context": ["canary-unit"]}' })
      await each.fetch('/v1/snapshot/client?key=canary-query', { headers: { authorization: 'Bearer canary-key' } })
      await each.fetch('/nothing/canary-unit?canary-query', { headers })
      await each.admin('/v1/admin/definition', { method: 'PUT', headers: { 'if-match': '*' }, body: '{"canary-unit"' })
      await each.fetch('/metrics', { headers: { authorization: `Bearer ${EDGE_TOKEN}` } })
      await each.settle()
      isBroken = each === broken
    }
    expect(isBroken).toBe(true)
    expect(lines.length).toBeGreaterThan(0)
    const all = [...lines, on.services.metrics.expose(), broken.services.metrics.expose()].join('\n')
    for (const canary of [...canaries, ADMIN_TOKEN, EDGE_TOKEN, CLIENT_TOKEN]) expect(all).not.toContain(canary)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('event')
  })
})
