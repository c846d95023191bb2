import { describe, expect, it } from 'vitest'
import { type FamilyName, families } from '../../worker/src/observe/families.ts'
import { Metrics, MOST_SERIES } from '../../worker/src/observe/metrics.ts'
import { evaluate, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { ADMIN_TOKEN, CLIENT_TOKEN, EDGE_TOKEN } from './token.ts'

const fresh = () => new Metrics('i-1', 1_700_000_000_000)
const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(`fader_${name}`))

describe('the exposition', () => {
  it('counts, and says of which isolate', () => {
    const metrics = fresh()
    metrics.add('problems', { kind: 'not-found' })
    metrics.add('problems', { kind: 'not-found' }, 2)
    metrics.add('problems', { kind: 'internal' })
    expect(metrics.expose()).toBe(`# HELP fader_isolate_started_seconds When this isolate began, in seconds since 1970
# TYPE fader_isolate_started_seconds gauge
fader_isolate_started_seconds{isolate="i-1"} 1700000000
# HELP fader_problems_total Requests that failed, by the kind of problem
# TYPE fader_problems_total counter
fader_problems_total{kind="not-found",isolate="i-1"} 3
fader_problems_total{kind="internal",isolate="i-1"} 1
`)
  })

  it('sorts what is measured into buckets that hold all below them', () => {
    const metrics = fresh()
    for (const seconds of [0.0005, 0.001, 0.3, 99]) metrics.observe('request_seconds', { route: '/a' }, seconds)
    const lines = linesOf(metrics.expose(), 'request_seconds')
    expect(lines).toContain('fader_request_seconds_bucket{route="/a",isolate="i-1",le="0.001"} 2')
    expect(lines).toContain('fader_request_seconds_bucket{route="/a",isolate="i-1",le="0.25"} 2')
    expect(lines).toContain('fader_request_seconds_bucket{route="/a",isolate="i-1",le="0.5"} 3')
    expect(lines).toContain('fader_request_seconds_bucket{route="/a",isolate="i-1",le="10"} 3')
    expect(lines).toContain('fader_request_seconds_bucket{route="/a",isolate="i-1",le="+Inf"} 4')
    expect(lines).toContain('fader_request_seconds_count{route="/a",isolate="i-1"} 4')
    expect(lines).toContain('fader_request_seconds_sum{route="/a",isolate="i-1"} 99.3015')
  })

  it('escapes what a label must not have', () => {
    const metrics = fresh()
    metrics.add('problems', { kind: 'a "b" \\ c\nd' })
    expect(metrics.expose()).toContain('fader_problems_total{kind="a \\"b\\" \\\\ c\\nd",isolate="i-1"} 1')
  })

  it('has no more series of a family than it may, and loses no count', () => {
    const metrics = fresh()
    for (let each = 0; each < 3 * MOST_SERIES; each++) metrics.add('problems', { kind: `k${each}` })
    metrics.add('problems', { kind: 'k7' })
    const lines = linesOf(metrics.expose(), 'problems_total')
    expect(lines).toHaveLength(MOST_SERIES + 1)
    expect(lines).toContain(`fader_problems_total{kind="other",isolate="i-1"} ${2 * MOST_SERIES}`)
    expect(lines).toContain('fader_problems_total{kind="k7",isolate="i-1"} 2')
  })

  it('says how much there is now', () => {
    const metrics = fresh()
    metrics.set('revision', {}, 4)
    metrics.set('revision', {}, 5)
    expect(linesOf(metrics.expose(), 'revision')).toEqual(['fader_revision{isolate="i-1"} 5'])
  })

  it('has no label for anything that has no end', () => {
    const names = Object.keys(families) as FamilyName[]
    const labels = new Set(names.flatMap((name) => families[name].labels as readonly string[]))
    for (const label of ['unit', 'token', 'path', 'url', 'context', 'ip', 'isolate', 'le']) {
      expect(labels).not.toContain(label)
    }
  })
})

describe('GET /metrics', () => {
  it.each([
    ['nobody', undefined, 401],
    ['a page', CLIENT_TOKEN, 403],
    ['an edge', EDGE_TOKEN, 200],
    ['a person', ADMIN_TOKEN, 200],
  ])('answers %s with what they may see', async (_, token, status) => {
    const on = isolate()
    await publish(on, DEFINITION)
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await on.fetch('/metrics', { headers })
    expect(response.status).toBe(status)
    if (status === 200) expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('tells of revision, freshness, evaluations, requests and problems, by patterns and never by paths', async () => {
    let now = Date.now()
    const on = isolate({ now: () => now })
    const revision = await publish(on, DEFINITION)
    await evaluate(on, { userId: 'u-very-secret-unit' })
    await evaluate(on, { userId: 'u-very-secret-unit' }, { key: 'secret-key-that-is-not-there' })
    await on.fetch('/v1/nothing/secret-path')
    now += 12_000
    const text = await (await on.admin('/metrics')).text()
    const { isolate: id } = on.services.metrics
    expect(text).toContain(`fader_revision{isolate="${id}"} ${revision}\n`)
    expect(text).toContain(`fader_stale{isolate="${id}"} 0\n`)
    expect(Number(/fader_staleness_seconds\{.*\} (.*)/.exec(text)?.[1])).toBeGreaterThanOrEqual(12)
    expect(text).toContain(`fader_refreshes_total{event="adopted",isolate="${id}"} 1\n`)
    expect(text).toMatch(/fader_evaluations_total\{by="ofrep",outcome="targeting_match|static|default|split/)
    expect(text).toContain(`fader_requests_total{route="/v1/admin/definition",status="2xx",isolate="${id}"} 1\n`)
    expect(text).toContain(
      `fader_requests_total{route="/ofrep/v1/evaluate/flags/:key{.+}",status="4xx",isolate="${id}"} 1\n`,
    )
    expect(text).toContain(`fader_problems_total{kind="flag_not_found",isolate="${id}"} 1\n`)
    expect(text).toContain(`fader_problems_total{kind="not-found",isolate="${id}"} 1\n`)
    for (const secret of ['secret-unit', 'secret-key', 'secret-path', CLIENT_TOKEN]) expect(text).not.toContain(secret)
  })

  it('counts whoever wanted too much', async () => {
    const on = isolate()
    await publish(on, DEFINITION)
    await on.admin('/v1/admin/definition', { method: 'PUT', headers: { 'if-match': '*', 'content-length': '1e9' } })
    expect(on.services.metrics.expose()).toMatch(/fader_limits_total\{limit="body-too-large",isolate="\w+"\} 1\n/)
  })
})
