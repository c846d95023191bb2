import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { evaluate, isolate, publish } from './isolate.ts'
import { definition, history, post, SHOP, why } from './operating.ts'

beforeEach(() => reset())

const flag = 'ranking'

describe('an operation over HTTP', () => {
  it('gives a revision, which this isolate has adopted', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const before = await definition(worker)
    const { status, headers, body } = await post(worker, 'kill', { flag: 'switch' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ revision: 2, changed: true, changes: [{ what: 'state from on to killed' }] })
    expect(headers.get('etag')).toBe('"2"')
    expect(headers.get('cache-control')).toBe('no-store')
    const answer = await (await evaluate(worker, { userId: 'u' }, { key: 'switch' })).json()
    expect(answer).toMatchObject({ value: false, reason: 'DISABLED' })
    const wanted = before.replace(/"on" }/, '"on", "state": "killed" }').replace('"revision": 1', '"revision": 2')
    expect(await definition(worker)).toBe(wanted)
  })

  it('is told in the history, with who, when, why and what', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'state', { flag: 'switch', state: 'off', why: 'it flickers' })
    const [latest] = await history()
    expect(latest).toMatchObject({ revision: 2, by: 'root', byId: 'root', why: 'it flickers', operation: 'state' })
    expect(latest?.changes).toEqual([
      { of: 'flag', name: 'switch', path: 'flags.switch.state', what: 'state from on to off' },
    ])
  })

  const all: [string, object, string][] = [
    ['kill', { flag }, 'state from on to killed'],
    ['override', { flag, unit: 'u-8', variant: 'v1', why }, 'overrides.v1: 1 unit added: "u-8"'],
    ['override', { flag, unit: 'u-1', variant: null, why }, 'overrides.v1: 1 unit removed: "u-1"'],
    ['state', { flag, state: 'off', why }, 'state from on to off'],
    ['stage', { flag, stage: 1, why }, 'ramp: stage from 0 (the segment `staff`) to 1 (5 %)'],
    ['traffic', { flag, rule: 'rule-2', traffic: 30, why }, 'rule `rule-2`: traffic from 20 % to 30 %'],
  ]

  it.each(all)('%s %j is done', async (name, body, what) => {
    const worker = isolate()
    await publish(worker, SHOP)
    const answer = await post(worker, name, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body.changes[0]?.what).toBe(what)
    const [entry] = await history()
    expect(entry?.changes).toEqual(answer.body.changes)
  })

  it('that changes nothing makes no revision, and tells the current one', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag })
    const again = await post(worker, 'kill', { flag })
    expect(again.status).toBe(200)
    expect(again.headers.get('etag')).toBe('"2"')
    expect(again.body).toMatchObject({ revision: 2, changed: false, changes: [] })
    expect(await history()).toHaveLength(2)
  })

  it('that names what is not there is answered with 404', async () => {
    const worker = isolate()
    expect(await post(worker, 'kill', { flag })).toMatchObject({
      status: 404,
      body: { detail: 'Nothing is published yet.' },
    })
    await publish(worker, SHOP)
    const detail = 'There is no flag `toString`; there are `ranking`, `switch`.'
    expect(await post(worker, 'kill', { flag: 'toString' })).toMatchObject({ status: 404, body: { detail } })
    expect(await history()).toHaveLength(1)
  })

  it('that would give a definition with issues is refused, and publishes nothing', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const { status, body } = await post(worker, 'traffic', { flag, rule: 'public', traffic: 5, why })
    expect(status).toBe(422)
    expect(body.issues.map(({ path }) => path)).toEqual(['flags.ranking.rules[2].traffic'])
    const digits = await post(worker, 'traffic', { flag, rule: 'rule-2', traffic: 0.123456, why })
    expect(digits.status).toBe(422)
    expect(await history()).toHaveLength(1)
  })
})

describe('a body', () => {
  const bodies: [string, string, unknown, Record<string, string>, number, RegExp][] = [
    ['kill', 'without a flag', {}, {}, 400, /`flag` must be/],
    ['kill', 'with a flag that is no text', { flag: 1 }, {}, 400, /`flag` must be/],
    ['kill', 'with a member that is not known', { flag, when: 1 }, {}, 400, /"when".*flag, why/],
    ['kill', 'with the name of a prototype', '{"flag":"switch","__proto__":{}}', {}, 400, /"__proto__"/],
    ['kill', 'that is a list', [], {}, 400, /JSON object/],
    ['kill', 'that is no JSON', '{', {}, 400, /JSON object/],
    [
      'kill',
      'of a form',
      'flag=switch',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /application\/json/,
    ],
    ['kill', 'of plain text', '{"flag":"switch"}', { 'content-type': 'text/plain' }, 415, /application\/json/],
    [
      'kill',
      'of a type like JSON',
      '{"flag":"switch"}',
      { 'content-type': 'application/jsonp' },
      415,
      /application\/json/,
    ],
    ['kill', 'over 64 KiB', { flag, why: 'x'.repeat(66_000) }, {}, 413, /65536/],
    ['state', 'without a reason', { flag, state: 'off' }, {}, 428, /why/],
    ['state', 'with an empty reason', { flag, state: 'off', why: ' ' }, {}, 428, /why/],
    ['state', 'with another state', { flag, state: 'On', why }, {}, 400, /"on", "off", "killed"/],
    ['override', 'without a variant', { flag, unit: 'u', why }, {}, 400, /`variant` must be/],
    ['override', 'without a reason', { flag, unit: 'u', variant: null }, {}, 428, /why/],
    ['stage', 'with half a stage', { flag, stage: 0.5, why }, {}, 400, /whole number from 0 to 63/],
    ['stage', 'with a stage as text', { flag, stage: '1', why }, {}, 400, /whole number/],
    ['traffic', 'with too much', { flag, rule: 'rule-2', traffic: 100.1, why }, {}, 400, /from 0 to 100/],
    ['rollback', 'with no revision', { revision: 0, why }, {}, 400, /`revision` must be/],
    ['rollback', 'without a reason', { revision: 1 }, {}, 428, /why/],
    ['kill', 'with a key that is too long', { flag }, { 'idempotency-key': 'x'.repeat(129) }, 400, /Idempotency-Key/],
  ]

  it.each(bodies)('of %s %s is refused', async (...refused) => {
    const [name, , body, headers, status, detail] = refused
    const worker = isolate()
    await publish(worker, SHOP)
    const answer = await post(worker, name, body, headers)
    expect(answer.body.detail).toMatch(detail)
    expect(answer.status).toBe(status)
    expect(await history()).toHaveLength(1)
  })
})

describe('rolling back', () => {
  it('publishes an earlier text again, as a new revision', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const first = await definition(worker)
    await post(worker, 'kill', { flag })
    const { body } = await post(worker, 'rollback', { revision: 1, why })
    expect(body).toMatchObject({ revision: 3, changed: true, changes: [{ what: 'state from killed to on' }] })
    expect(await definition(worker)).toBe(first.replace('"revision": 1', '"revision": 3'))
    const [latest] = await history()
    expect(latest).toMatchObject({ revision: 3, operation: 'roll-back', why })
  })

  it('to what is there already makes no revision', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag })
    await post(worker, 'rollback', { revision: 1, why })
    for (const revision of [1, 3]) {
      expect((await post(worker, 'rollback', { revision, why })).body).toMatchObject({ revision: 3, changed: false })
    }
  })

  it('to a revision that never was is answered with 404', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    const { status, body } = await post(worker, 'rollback', { revision: 7, why })
    expect(status).toBe(404)
    expect(body.detail).toBe('There is no revision 7; there are those from 1 to 1.')
  })
})

describe('If-Match of an operation', () => {
  it('may be left out, and when it is there it must name the revision', async () => {
    const worker = isolate()
    await publish(worker, SHOP)
    await post(worker, 'kill', { flag })
    const late = await post(worker, 'state', { flag, state: 'on', why }, { 'if-match': '"1"' })
    expect(late.status).toBe(412)
    expect(late.headers.get('etag')).toBe('"2"')
    expect(late.body).toMatchObject({ type: 'urn:fader:problem:revision-mismatch', revision: 2 })
    expect((await post(worker, 'state', { flag, state: 'on', why }, { 'if-match': '"2"' })).status).toBe(200)
    expect(await history()).toHaveLength(3)
  })
})
