import { describe, expect, it } from 'vitest'
import type { Handler } from '../../worker/src/call.ts'
import { isSampled, type Trace, traceOf } from '../../worker/src/observe/trace.ts'
import { isolate } from './isolate.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const of = (header?: string) => traceOf(new Headers(header === undefined ? {} : { traceparent: header }))

describe('a traceparent', () => {
  it.each([
    ['of this version', `00-${ID}-${PARENT}-01`],
    ['that is not sampled', `00-${ID}-${PARENT}-00`],
    ['of a later version', `01-${ID}-${PARENT}-01`],
    ['of a later version, with more behind it', `cc-${ID}-${PARENT}-01-what-the-future-will-be-like`],
  ])('%s is taken over as it is', (_, header) => {
    expect(of(header)).toEqual({ id: ID, parent: PARENT, traceparent: header })
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['of a version that there is not', `ff-${ID}-${PARENT}-01`],
    ['of a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['of a parent of zeros', `00-${ID}-${'0'.repeat(16)}-01`],
    ['in capitals', `00-${ID.toUpperCase()}-${PARENT}-01`],
    ['too short', `00-${ID.slice(1)}-${PARENT}-01`],
    ['too long', `00-${ID}-${PARENT}-01-more`],
    ['of no hex digits', `00-${ID.replace('4', 'g')}-${PARENT}-01`],
    ['two of them', `00-${ID}-${PARENT}-01, 00-${ID}-${PARENT}-01`],
    ['somebody’s script', '<script>'],
  ])('that is %s is replaced', (_, header) => {
    const { id, parent, traceparent } = of(header)
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect([id === ID, parent, traceparent]).toEqual([false, undefined, undefined])
  })

  it('begins another trace each time', () => {
    expect(of().id).not.toBe(of().id)
  })
})

describe('the trace of a request', () => {
  const seen: Trace[] = []
  const handler: Handler = ({ observation }) => {
    seen.push(observation.trace)
    return new Response('ok')
  }
  const table = [{ method: 'GET', path: '/', access: 'anyone', sharing: 'any-origin', handler }] as const

  it('is handed to what answers', async () => {
    const on = isolate({ table })
    const header = `00-${ID}-${PARENT}-01`
    const response = await on.fetch('/', { headers: { traceparent: header } })
    expect(seen).toEqual([{ id: ID, parent: PARENT, traceparent: header }])
    expect(response.headers.get('fader-trace')).toBeNull()
  })

  it('is named in the answer to a request that failed', async () => {
    const header = `00-${ID}-${PARENT}-01`
    const response = await isolate({ table }).fetch('/nothing', { headers: { traceparent: header } })
    expect([response.status, response.headers.get('fader-trace')]).toEqual([404, ID])
    const without = await isolate({ table }).fetch('/nothing')
    expect(without.headers.get('fader-trace')).toMatch(/^\w{32}$/)
  })
})

describe('a sample', () => {
  const traces = Array.from({ length: 20_000 }, () => of())

  it.each([0, 0.01, 0.25, 1])('of a share of %f has that share of all traces', (ratio) => {
    const share = traces.filter((trace) => isSampled(trace, ratio)).length / traces.length
    // Six standard deviations.
    expect(Math.abs(share - ratio)).toBeLessThanOrEqual(6 * Math.sqrt((ratio * (1 - ratio)) / traces.length))
  })

  it('has the same answer for a trace each time, and a larger one has all of a smaller one', () => {
    const small = traces.filter((trace) => isSampled(trace, 0.1))
    expect(small.every((trace) => isSampled({ id: trace.id }, 0.2))).toBe(true)
  })
})
