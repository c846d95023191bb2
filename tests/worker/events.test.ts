import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { evaluate, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const traced = { headers: { traceparent: `00-${ID}-${PARENT}-01` } }
const UNIT = 'u-canary-unit'

interface Sent {
  readonly headers: Record<string, string>
  readonly body: {
    resourceLogs: { resource: Attributed; scopeLogs: { logRecords: (Attributed & Record<string, unknown>)[] }[] }[]
  }
}
interface Attributed {
  readonly attributes: { key: string; value: { stringValue: string } }[]
}

afterEach(() => vi.restoreAllMocks())

const collector = inject('collector')
const read = (sent: Attributed | undefined) =>
  Object.fromEntries((sent?.attributes ?? []).map(({ key, value }) => [key, value.stringValue]))
const fates = (on: Isolate) => on.services.metrics.expose().match(/fader_events_total\{fate="\w+/g) ?? []

async function start(name: string, ratio = '1') {
  const on = isolate({ env: { OTLP_ENDPOINT: `${collector}/${name}`, OTLP_RATIO: ratio } })
  await publish(on, DEFINITION)
  await on.settle()
  const sent = async () => {
    await on.settle()
    return (await (await fetch(`${collector}/${name}`)).json()) as Sent[]
  }
  return { on, sent }
}

describe('events of evaluations', () => {
  it('go to a collector in one piece for a request, as OpenTelemetry wants them', async () => {
    const { on, sent } = await start('whole')
    const { flags } = (await (await evaluate(on, { userId: UNIT }, traced)).json()) as {
      flags: { key: string; variant: string; reason: string }[]
    }
    const posts = await sent()
    expect(posts).toHaveLength(1)
    expect(posts[0]?.headers['content-type']).toBe('application/json')
    const [{ resource, scopeLogs } = { resource: undefined, scopeLogs: [] }] = posts[0]?.body.resourceLogs ?? []
    expect(read(resource)).toEqual({
      'service.name': 'fader',
      'service.instance.id': on.services.metrics.isolate,
      'deployment.environment.name': 'production',
    })
    const records = scopeLogs[0]?.logRecords ?? []
    expect(records[0]).toMatchObject({
      eventName: 'feature_flag.evaluation',
      severityNumber: 9,
      traceId: ID,
      spanId: PARENT,
      timeUnixNano: expect.stringMatching(/^\d{19}$/),
    })
    expect(records.map(read)).toEqual(
      flags.map(({ key, variant, reason }) => ({
        'feature_flag.key': key,
        'feature_flag.provider.name': 'fader',
        'feature_flag.set.id': 'production',
        'feature_flag.version': String(on.services.edge.revision),
        'feature_flag.result.variant': variant,
        'feature_flag.result.reason': reason.toLowerCase(),
      })),
    )
    expect(records.length).toBeGreaterThan(1)
    expect(fates(on)).toEqual(['fader_events_total{fate="sent'])
  })

  it('say nothing of whom they are about', async () => {
    const { on, sent } = await start('canary')
    await evaluate(on, { userId: UNIT, email: 'canary@example.com', targetingKey: 'canary-key' })
    const posts = await sent()
    expect(posts).toHaveLength(1)
    expect(JSON.stringify(posts)).not.toMatch(/canary-unit|canary@|canary-key|context\.id|fader_client/)
  })

  it('are sent for a share of the traces', async () => {
    const { on, sent } = await start('share', '0.5')
    const tail = (digits: string) => `00-${ID.slice(0, -13)}${digits}-${PARENT}-01`
    await evaluate(on, {}, { headers: { traceparent: tail('7ffffffffffff') } })
    await evaluate(on, {}, { headers: { traceparent: tail('8000000000000') } })
    const posts = await sent()
    expect(posts.map(({ body }) => body.resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.traceId)).toEqual([
      `${ID.slice(0, -13)}7ffffffffffff`,
    ])
  })

  it.each(['0', ''])('are not sent with a share of %j', async (ratio) => {
    const { on, sent } = await start(`none${ratio}`, ratio)
    await evaluate(on, {})
    expect(await sent()).toEqual([])
  })

  it('that a collector refuses are counted and dropped, and the answer is as good', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { on, sent } = await start('broken')
    expect((await evaluate(on, {})).status).toBe(200)
    expect((await evaluate(on, {})).status).toBe(200)
    expect(await sent()).toHaveLength(2)
    expect(fates(on)).toEqual(['fader_events_total{fate="failed'])
    expect(log).toHaveBeenCalledTimes(1)
    expect(JSON.parse(String(log.mock.calls[0]))).toMatchObject({ event: 'events cannot be sent; they are dropped' })
  })

  it('that nobody takes are dropped, too', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const on = isolate({ env: { OTLP_ENDPOINT: 'http://127.0.0.1:1', OTLP_RATIO: '1' } })
    await publish(on, DEFINITION)
    expect((await evaluate(on, {})).status).toBe(200)
    await on.settle()
    expect(fates(on)).toEqual(['fader_events_total{fate="failed'])
  })
})

describe('the settings of events', () => {
  it.each([
    [{ OTLP_RATIO: 'often' }, 'OTLP_RATIO'],
    [{ OTLP_RATIO: '1.5' }, 'OTLP_RATIO'],
    [{ OTLP_RATIO: '-1' }, 'OTLP_RATIO'],
    [{ OTLP_ENDPOINT: 'collector', OTLP_RATIO: '1' }, 'OTLP_ENDPOINT'],
    [{ OTLP_ENDPOINT: 'file:///tmp', OTLP_RATIO: '1' }, 'OTLP_ENDPOINT'],
  ])('%j are refused by name', (env, name) => {
    expect(() => isolate({ env })).toThrow(name)
  })
})
