import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Rejection } from '../../worker/src/events/row.ts'
import { dice } from './dice.ts'
import { accountOf, batch, event, exposure, newLife, numbers, rowsOf, send } from './happened.ts'
import { env, grantTokens, type Isolate, isolate } from './isolate.ts'
import { CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

let worker: Isolate

beforeEach(async () => {
  await reset()
  await grantTokens()
  worker = isolate()
})

const metric = (more: object) => ({ exposure: undefined, metric: more })

describe('a batch', () => {
  it('is stored, and then acknowledged', async () => {
    const life = newLife()
    const answer = await send(worker, batch(life, [event(1), event(2, metric({ name: 'purchase', value: 9.5 }))]))
    expect(answer).toMatchObject({ status: 200, body: { stored: 2, duplicate: 0, rejected: [] } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await rowsOf(life)).toMatchObject([
      {
        life,
        n: 1,
        flag: 'search',
        variant: 'better',
        rule: 'sweden',
        reason: 'TARGETING_MATCH',
        revision: 1,
        name: null,
      },
      { life, n: 2, flag: null, name: 'purchase', value: 9.5, count: null },
    ])
  })

  it.each([
    ['text/plain;charset=UTF-8', `/v1/events?key=${CLIENT_TOKEN}`, {}],
    ['application/json', '/v1/events', { authorization: `Bearer ${CLIENT_TOKEN}` }],
    ['application/json', '/v1/events', { authorization: `Bearer ${EDGE_TOKEN}` }],
  ])('comes as %s to %s', async (type, path, headers) => {
    const body = JSON.stringify(batch(newLife(), [event(1)]))
    const response = await worker.fetch(path, { method: 'POST', headers: { ...headers, 'content-type': type }, body })
    expect(await response.json()).toEqual({ stored: 1, duplicate: 0, rejected: [] })
  })

  it('may be compressed', async () => {
    const life = newLife()
    const body = await gzipped(
      JSON.stringify(
        batch(
          life,
          numbers(1, 900).map((n) => event(n)),
        ),
      ),
    )
    expect(body.byteLength).toBeLessThan(20_000)
    expect(await send(worker, '', { headers: { 'content-encoding': 'gzip' }, body })).toMatchObject({
      body: { stored: 900 },
    })
  })

  it('that unpacks to more than a batch may have is refused', async () => {
    const body = await gzipped(' '.repeat(64 * 1024 * 1024))
    expect(body.byteLength).toBeLessThan(100_000)
    const answer = await send(worker, '', { headers: { 'content-encoding': 'gzip' }, body })
    expect(answer).toMatchObject({ status: 413, body: { type: 'urn:fader:problem:body-too-large' } })
  })

  it('of more than 256 KiB is refused', async () => {
    const text = JSON.stringify(batch(newLife(), [event(1)]))
    expect((await send(worker, text.padEnd(256 * 1024))).status).toBe(200)
    expect((await send(worker, text.padEnd(256 * 1024 + 1))).status).toBe(413)
  })

  it('needs no events to tell what was dropped', async () => {
    const life = newLife()
    await send(worker, batch(life, [], { dropped: { consent: 3, overflow: 0 } }))
    await send(worker, batch(life, [event(4)], { dropped: { consent: 2, expired: 1, sunspots: 1 } }))
    expect((await accountOf(worker, life)).body).toMatchObject({
      generated: 6,
      stored: 1,
      dropped: { consent: 3, expired: 1, other: 1 },
      missing: 0,
    })
  })

  it('may have members that a later client sends', async () => {
    const later = batch(newLife(), [event(1, { colour: 'red', exposure: { ...exposure, colour: 'red' } })], {
      colour: 'red',
    })
    expect(await send(worker, later)).toMatchObject({ body: { stored: 1 } })
  })
})

const life = newLife()
const many = numbers(1, 1001).map((n) => event(n))

describe('a batch that is malformed', () => {
  it.each<[string, unknown, string]>([
    ['is no object', [], 'The body must be a JSON object'],
    ['is a number', 17, 'The body must be a JSON object'],
    ['is null', null, 'The body must be a JSON object'],
    ['has another format', batch(life, [], { format: 2 }), '`format` must be 1'],
    ['has no life', batch(life, [], { life: undefined }), '`life` must be 16 random bytes in base64url'],
    ['has a life that is too short', batch('abc', []), '`life` must be'],
    ['has a life with other letters', batch(`${life.slice(1)}=`, []), '`life` must be'],
    ['does not say when it is sent', batch(life, [], { sent: '12' }), '`sent` must be the moment'],
    ['has no units', batch(life, [], { units: undefined }), '`units` must be a list'],
    ['has units that are no list', batch(life, [], { units: {} }), '`units` must be a list'],
    ['has too many units', batch(life, [], { units: many.map(() => ({})) }), '`units` must be a list of 1000 at most'],
    ['has no events', batch(life, [], { events: null }), '`events` must be a list'],
    ['has too many events', batch(life, many), '`events` must be a list of 1000 at most'],
    [
      'has an event without a number',
      batch(life, [event(1), { at: 1 }]),
      '`events[1].n` must be a whole number from 1',
    ],
    ['has an event of number 0', batch(life, [event(0)]), '`events[0].n` must be'],
    ['has an event of a broken number', batch(life, [event(1.5)]), '`events[0].n` must be'],
    ['has an event beyond all numbers', batch(life, [event(1e9 + 1)]), '`events[0].n` must be'],
    ['has an event that is none', batch(life, [event(1), event(2), null]), '`events[2].n` must be'],
    ['has counts that are no object', batch(life, [], { dropped: [1] }), '`dropped` must be an object'],
    ['has a count below 0', batch(life, [], { dropped: { consent: -1 } }), '`dropped` must be an object of counts'],
    ['has a count that is none', batch(life, [], { dropped: { odd: 'x' } }), '`dropped` must be an object of counts'],
  ])('because it %s is refused whole, by its place', async (_, body, detail) => {
    const answer = await send(worker, body)
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:fader:problem:bad-request' } })
    expect(answer.body.detail).toContain(detail)
    expect(await accountOf(worker)).toMatchObject({ body: { lives: 0, generated: 0 } })
  })

  it.each(['', '{', '{"format":1', 'ÿ', '[[[[', '{"a":1}x'])(
    'because it is not JSON, such as %j, is refused',
    async (text) => {
      expect(await send(worker, text)).toMatchObject({ status: 400, body: { type: 'urn:fader:problem:not-json' } })
    },
  )

  it('by its depth does no harm', async () => {
    const answer = await send(worker, `{"format":1,"life":${'['.repeat(200_000)}${']'.repeat(200_000 - 150_000)}`)
    expect(answer.status).toBe(400)
  })
})

describe('an event that is malformed', () => {
  const long = 'x'.repeat(257)
  it.each<[string, object, Rejection]>([
    ['neither exposure nor metric', { exposure: undefined }, 'kind'],
    ['both exposure and metric', { metric: { name: 'a' } }, 'kind'],
    ['an exposure that is a list', { exposure: [] }, 'kind'],
    ['no time', { at: undefined }, 'time'],
    ['a time that is no number', { at: '2026-11-21' }, 'time'],
    ['a time that no date can be', { at: 8.65e15 }, 'time'],
    ['units that are not in the batch', { units: 7 }, 'units'],
    ['units by name', { units: 'userId' }, 'units'],
    ['units below the first', { units: -1 }, 'units'],
    ['a unit that is too long', { units: 1 }, 'units'],
    ['a unit that is no text', { units: 2 }, 'units'],
    ['a unit that is empty', { units: 3 }, 'units'],
    ['a unit of half a letter', { units: 4 }, 'units'],
    ['units that are a list', { units: 5 }, 'units'],
    ['no flag', { exposure: { ...exposure, flag: undefined } }, 'flag'],
    ['a flag that is no key', { exposure: { ...exposure, flag: 'a b' } }, 'flag'],
    ['a flag that is too long', { exposure: { ...exposure, flag: 'a'.repeat(129) } }, 'flag'],
    ['a variant that is null', { exposure: { ...exposure, variant: null } }, 'variant'],
    ['a rule that is no key', { exposure: { ...exposure, rule: '<b>' } }, 'rule'],
    ['another reason', { exposure: { ...exposure, reason: 'BECAUSE' } }, 'reason'],
    ['another arm', { exposure: { ...exposure, arm: 'left' } }, 'arm'],
    ['a broken revision', { exposure: { ...exposure, revision: 1.5 } }, 'revision'],
    ['no revision', { exposure: { ...exposure, revision: undefined } }, 'revision'],
    ['a metric without a name', metric({ value: 1 }), 'name'],
    ['a metric with a name that is no key', metric({ name: 'ä' }), 'name'],
    ["a metric of the client's that there is not", metric({ name: 'fader.mood' }), 'name'],
    ['a value that is no number', metric({ name: 'a', value: '1' }), 'value'],
    ['a value that is null', metric({ name: 'a', value: null }), 'value'],
    ['a count of 0', metric({ name: 'a', count: 0 }), 'count'],
    ['a count of too many', metric({ name: 'a', count: 1_000_001 }), 'count'],
    ['a broken count', metric({ name: 'a', count: 1.5 }), 'count'],
    ['a count beside a value', metric({ name: 'a', value: 1, count: 2 }), 'count'],
  ])('because it has %s is rejected, and the others are stored', async (_, wrong, reason) => {
    const life = newLife()
    const units = [{ userId: 'u-1' }, { userId: long }, { userId: 7 }, { deviceId: '' }, { orgId: '\ud800' }, []]
    const answer = await send(worker, batch(life, [event(1), event(2, wrong), event(3)], { units }))
    expect(answer).toMatchObject({ status: 200, body: { stored: 2, duplicate: 0, rejected: [{ n: 2, reason }] } })
    expect((await rowsOf(life)).map(({ n, rejected }) => [n, rejected])).toEqual([
      [1, null],
      [2, reason],
      [3, null],
    ])
  })

  it.each<[string, object]>([
    ['a revision of 0', { exposure: { ...exposure, revision: 0 } }],
    ['no rule', { exposure: { ...exposure, rule: undefined } }],
    ['an arm', { exposure: { ...exposure, arm: 'treated' } }],
    ['a flag with a slash', { exposure: { ...exposure, flag: 'team/banner' } }],
    ['a name alone', metric({ name: 'purchase' })],
    ['a value of 0', metric({ name: 'revenue', value: 0 })],
    ['a value below 0', metric({ name: 'revenue', value: -2.5 })],
    ['a count of a million', metric({ name: 'clicks', count: 1_000_000 })],
    ["a metric of the client's", metric({ name: 'fader.interaction', value: 184 })],
    ['a unit as long as may be', { units: 1 }],
    ['no units that are known', { units: 2 }],
  ])('is not, because it has %s', async (_, right) => {
    const units = [{ userId: 'u-1' }, { userId: long.slice(1) }, { tenantId: 't' }]
    expect(await send(worker, batch(newLife(), [event(1, right)], { units }))).toMatchObject({ body: { stored: 1 } })
  })

  it('is as badly damaged as chance can, thousands of times, and nothing but 200 and 400 comes of it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const roll = dice(20261121)
    const whole = JSON.stringify(batch(newLife(), [event(1), event(2, metric({ name: 'a', value: 1 })), event(3)]))
    const seen: Record<number, number> = {}
    for (let turn = 0; turn < 3000; turn += 1) {
      const { status, body } = await send(worker, damaged(whole, roll))
      seen[status] = (seen[status] ?? 0) + 1
      if (status === 200) expect(body.stored + body.duplicate + body.rejected.length).toBeLessThanOrEqual(3)
    }
    expect(Object.keys(seen)).toEqual(['200', '400'])
    expect(seen[200]).toBeGreaterThan(100)
    expect(seen[400]).toBeGreaterThan(100)
    expect(log).not.toHaveBeenCalled()
    log.mockRestore()
    const { generated, stored, rejected, dropped, missing } = (await accountOf(worker)).body
    expect(generated).toBe(stored + sum(rejected) + sum(dropped) + missing)
  }, 60_000)
})

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0)

const PIECES = ['null', '-1', '1e309', '{}', '[]', '""', '"__proto__"', 'true', '0', '99999999999', '\u0000', ',', '"']

/** Puts something else in place of some letters, once or more. */
function damaged(text: string, roll: (sides: number) => number): string {
  let left = 1 + roll(3)
  let now = text
  while (left > 0) {
    const at = roll(now.length)
    const tokens = [...now.matchAll(/"[^"]*"|-?\d+(?:\.\d+)?|true|null/g)]
    const token = tokens[roll(tokens.length)]
    const [from, to] = roll(3) > 0 && token ? [token.index, token.index + token[0].length] : [at, at + roll(4)]
    now = `${now.slice(0, from)}${PIECES[roll(PIECES.length)]}${now.slice(to)}`
    left -= 1
  }
  return now
}

async function gzipped(text: string): Promise<ArrayBuffer> {
  const stream = new Response(text).body?.pipeThrough(new CompressionStream('gzip'))
  return await new Response(stream).arrayBuffer()
}

describe('a visitor', () => {
  it('is nowhere in the clear, and is the same in every batch', async () => {
    const [one, other] = [newLife(), newLife()]
    const units = [
      { userId: 'canary-user', deviceId: 'canary-device', orgId: 'canary-org', sessionId: 'canary-session' },
      { userId: 'canary-device' },
    ]
    await send(worker, batch(one, [event(1), event(2, { units: 1 })], { units }))
    await send(isolate(), batch(other, [event(1)], { units }))
    const rows = [...(await rowsOf(one)), ...(await rowsOf(other))]
    expect(JSON.stringify(rows)).not.toContain('canary')
    const [first, second, third] = rows.map((row) => JSON.parse(row.units ?? '{}'))
    expect(Object.keys(first)).toEqual(['userId', 'deviceId', 'orgId', 'sessionId'])
    for (const hash of Object.values(first)) expect(hash).toMatch(/^[\w-]{22}$/)
    expect(third).toEqual(first)
    // The same text as another unit is somebody else.
    expect(second.userId).not.toBe(first.deviceId)
  })

  it('has another name in another environment, and under another key', async () => {
    const jwk = JSON.parse(env.SIGNING_KEY ?? '')
    const names = async (more: object) => await isolate({ env: more }).services.pseudonyms.of({ userId: 'u-1' })
    const own = await names({})
    expect(await names({})).toBe(own)
    expect(await names({ ENVIRONMENT: 'staging' })).not.toBe(own)
    expect(await names({ SIGNING_KEY: JSON.stringify({ ...jwk, d: `${jwk.d.slice(0, -1)}A` }) })).not.toBe(own)
  })

  it('is not recorded where there is no key to hide them by', async () => {
    const { pseudonyms } = isolate({ env: { SIGNING_KEY: '' } }).services
    await expect(pseudonyms.of({ userId: 'u-1' })).rejects.toMatchObject({ kind: 'ledger-unavailable' })
  })
})

describe('a clock', () => {
  const HOUR = 3600_000
  it.each<[string, number, number, number]>([
    // By how much the sender's clock is ahead, how long ago the event was by it, and how long ago it is taken to be.
    ['that is right', 0, HOUR, HOUR],
    ['that is a second ahead is left as it is', 1000, HOUR, HOUR - 1000],
    ['that is months ahead', 90 * 24 * HOUR, HOUR, HOUR],
    ['that is years behind', -5 * 365 * 24 * HOUR, HOUR, HOUR],
    ['that went back meanwhile: nothing is to come', 0, -HOUR, 0],
    ['that shows what is too old', 0, 72 * HOUR, 48 * HOUR],
  ])('%s', async (_, aheadMs, agoMs, takenMs) => {
    const life = newLife()
    const sent = Date.now() + aheadMs
    await send(worker, batch(life, [event(1, { at: sent - agoMs })], { sent }))
    const [row] = await rowsOf(life)
    expect(Math.abs(Date.now() - takenMs - Number(row?.at))).toBeLessThan(900)
  })
})

describe('pages of other origins', () => {
  it('need not ask before they send, and may read the receipt', async () => {
    const { headers } = await send(worker, batch(newLife(), [event(1)]), {
      headers: { origin: 'https://shop.example' },
    })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    const refused = await send(worker, '{', { headers: { origin: 'https://shop.example' } })
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After')
  })

  it('may ask whether they may compress', async () => {
    const response = await worker.fetch('/v1/events', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toContain('POST')
    expect(response.headers.get('access-control-allow-headers')).toContain('content-encoding')
  })

  it('get nothing for a secret token in the address, nor a token in the address of another route', async () => {
    const body = JSON.stringify(batch(newLife(), [event(1)]))
    expect((await worker.fetch(`/v1/events?key=${EDGE_TOKEN}`, { method: 'POST', body })).status).toBe(401)
    const flags = `/ofrep/v1/evaluate/flags?key=${CLIENT_TOKEN}`
    expect((await worker.fetch(flags, { method: 'POST', body: '{}' })).status).toBe(401)
  })
})

describe('a ledger that cannot store', () => {
  it.each([
    ['is away', 'a ledger does not answer; senders are told to come again', () => Promise.reject(new Error('down'))],
    [
      'is full',
      'a ledger is full until old events are forgotten; senders are told to come again',
      async () => 'full' as const,
    ],
  ])('because it %s has the sender come again, and tells once of it', async (_, said, record) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const ledger = () => ({ record, account: () => Promise.reject(new Error('down')), life: async () => null })
    const away = isolate({ ledger })
    const answer = await send(away, batch(newLife(), [event(1), event(2)]))
    expect(answer).toMatchObject({ status: 503, body: { type: 'urn:fader:problem:ledger-unavailable' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect((await accountOf(away)).status).toBe(503)
    expect(away.services.metrics.expose()).toMatch(/recorded_total\{fate="shed",why="ledger-unavailable",.*\} 2\n/)
    await send(away, batch(newLife(), [event(1)]))
    expect(log.mock.calls.map(([line]) => JSON.parse(String(line)).event)).toEqual([said])
    log.mockRestore()
  })
})

describe('what was measured', () => {
  it('says how many events were stored, came again or were rejected, and why', async () => {
    const events = [event(1), event(2), event(3, { at: null })]
    const life = newLife()
    await send(worker, batch(life, events))
    await send(worker, batch(life, [...events, event(4)]))
    const text = await (await worker.admin('/metrics')).text()
    const { isolate: id } = worker.services.metrics
    expect(text).toContain(`fader_recorded_total{fate="stored",why="",isolate="${id}"} 3\n`)
    expect(text).toContain(`fader_recorded_total{fate="duplicate",why="",isolate="${id}"} 2\n`)
    expect(text).toContain(`fader_recorded_total{fate="rejected",why="time",isolate="${id}"} 2\n`)
    for (const secret of [life, 'u-1', 'better']) expect(text).not.toContain(secret)
  })
})
