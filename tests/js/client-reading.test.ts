import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Bootstrap, type Client, type ClientOptions, createClient } from 'fader'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Batch } from '../../js/dist/events/event.js'
import { asks, compile, define, gives } from './support/definition.ts'

const READS = 500_000
const NOON = Date.parse('2026-03-01T12:00:00Z')
const clients: Client[] = []
let snapshot: Uint8Array

beforeAll(async () => {
  const begins = { ...asks({ country: 'SE' }) }
  const timed = { ...begins, rules: [{ id: 'later', from: '2026-03-01T12:00:00Z', serve: 'yes' }] }
  snapshot = await compile(define({ swedish: asks({ country: 'SE' }), settled: gives('number', 7), timed }))
})

afterEach(() => {
  vi.restoreAllMocks()
  for (const client of clients.splice(0)) client.close()
})

async function client(options: Partial<ClientOptions> = {}): Promise<Client> {
  const made = createClient({ snapshot, context: { userId: 'a', country: 'SE' }, ...options })
  clients.push(made)
  await made.ready()
  return made
}

describe('a read', () => {
  it.each([
    ['that was read before', {}],
    ['that is held', { holds: true }],
  ])('of a flag %s allocates nothing', async (_, options) => {
    const made = await client(options)
    setFlagsFromString('--expose_gc')
    const collect = runInNewContext('gc') as () => void
    const read = (count: number) => {
      let isOn = 0
      for (let time = 0; time < count; time += 1) if (made.isOn('swedish') && made.value('settled', 0) === 7) isOn += 1
      return isOn
    }
    read(10_000)
    collect()
    const before = process.memoryUsage().heapUsed
    expect(read(READS)).toBe(READS)
    // An object for each read would be 16 bytes at the least; what the process does besides is far below that.
    expect((process.memoryUsage().heapUsed - before) / READS).toBeLessThan(4)
  })

  it('of a flag with a rule that begins is of the moment, unless it is held', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(NOON - 1)
    const [made, holding] = [await client(), await client({ holds: true })]
    expect([made.isOn('timed'), holding.isOn('timed')]).toEqual([false, false])
    expect(made.outcome('timed')).toBe(made.outcome('timed'))
    clock.mockReturnValue(NOON)
    expect([made.isOn('timed'), holding.isOn('timed')]).toEqual([true, false])
    expect(made.all().find(({ flag }) => flag === 'timed')?.value).toBe(true)
    expect(holding.all().find(({ flag }) => flag === 'timed')?.value).toBe(false)
  })

  const strange: [string, unknown][] = [
    ['a symbol', Symbol('flag')],
    ['nothing', undefined],
    ['an object', {}],
    ['a name of prototypes', '__proto__'],
    ['a very long text', 'x'.repeat(100_000)],
  ]
  it.each(strange)('of %s gives the fallback and does not throw', async (_, flag) => {
    const bootstrap: Bootstrap = { environment: 'test', revision: 1, context: {}, answers: {} }
    for (const options of [{}, { holds: true }, { bootstrap, context: {} }]) {
      const made = await client(options)
      expect([made.isOn(flag as string, true), made.variant(flag as string, 'x')]).toEqual([true, 'x'])
    }
  })
})

describe('what is handed over to be recorded', () => {
  const sent: Batch['events'][number][] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (!String(input).includes('/v1/events')) return new Response(snapshot as BodyInit)
    const { events } = JSON.parse(String(init?.body)) as Batch
    sent.push(...events)
    return Response.json({ stored: events.length, duplicate: 0, rejected: [] })
  }
  const recording = async (options: Partial<ClientOptions> = {}) => {
    sent.length = 0
    const given = { url: 'http://127.0.0.1:1', key: 'fader_client_x', events: true, pollIntervalMs: 0, fetch }
    return await client({ ...given, ...options })
  }
  /** What was sent once everything was. */
  const sentBy = async (made: Client): Promise<string[]> => {
    await vi.waitFor(async () => {
      await made.flush()
      expect(sent.length).toBeGreaterThan(0)
    })
    return sent.map(({ exposure, metric }) => exposure?.flag ?? metric?.name ?? '')
  }

  const cases: [string, (made: Client) => void, string[]][] = [
    [
      'what was read, once',
      (made) => [made.isOn('swedish'), made.variant('swedish'), made.value('swedish', true)],
      ['swedish'],
    ],
    ['what was shown', (made) => made.expose('settled'), ['settled']],
    ['nothing that was only looked at', (made) => [made.outcome('swedish'), made.all()], []],
    ['no fallback', (made) => [made.isOn('none'), made.value('settled', 'text')], []],
    ['what was measured', (made) => made.track('bought', 12), ['bought']],
    ['nothing by a name that is its own', (made) => made.track('fader.error'), []],
  ]

  it.each(cases)('is %s', async (_, work, expected) => {
    const made = await recording()
    work(made)
    made.track('end')
    expect(await sentBy(made)).toEqual([...expected, 'end'])
  })

  it('is nothing without consent, before and after the recorder is there', async () => {
    const made = await recording({ consent: false })
    made.isOn('swedish')
    made.track('before')
    made.consent(true)
    made.track('after')
    expect(await sentBy(made)).toEqual(['after'])
    made.consent(false)
    made.track('again')
    made.consent(true)
    made.track('end')
    sent.length = 0
    expect(await sentBy(made)).toEqual(['end'])
  })

  it('is recorded anew for somebody else, and not for another attribute', async () => {
    const made = await recording()
    made.isOn('swedish')
    await made.identify({ userId: 'a', country: 'SE', plan: 'pro' })
    made.isOn('swedish')
    await made.identify({ userId: 'b', country: 'SE' })
    made.isOn('swedish')
    made.track('end')
    expect(await sentBy(made)).toEqual(['swedish', 'swedish', 'end'])
  })
})
