import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { evaluate, type Isolate, isolate, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'

const BOOLEAN = { type: 'boolean', reveal: 'value', variants: { on: true, off: false }, safe: 'off' }

let worker: Isolate
beforeEach(async () => {
  await reset()
  worker = isolate()
  await publish(worker, DEFINITION)
})

interface Answer {
  key: string
  value?: unknown
  variant?: string
  reason?: string
  errorCode?: string
  errorDetails?: string
  metadata?: Record<string, unknown>
}

async function one(key: string, context: unknown): Promise<{ status: number; answer: Answer }> {
  const response = await evaluate(worker, context, { key })
  return { status: response.status, answer: await response.json<Answer>() }
}

async function all(context: unknown): Promise<Answer[]> {
  const response = await evaluate(worker, context)
  expect(response.status).toBe(200)
  return (await response.json<{ flags: Answer[] }>()).flags
}

describe('a flag with a ramp', () => {
  const ramp = { rule: 'public', stages: [{ segment: 'staff' }, { percent: 50 }], stage: 1 }
  const rising = { ...BOOLEAN, rules: [{ id: 'public', where: { country: 'SE' }, serve: 'on' }], ramp }
  const segments = { staff: { include: ['u-staff'] } }
  const armOf = async (context: unknown) => (await one('rising', context)).answer.metadata?.arm

  it('has in its metadata where the unit stands, alone and among all', async () => {
    await publish(worker, definitionWith({ rising }, { segments }))
    const arms = new Set<unknown>()
    for (let number = 0; number < 40; number++) {
      const context = { country: 'SE', userId: `u-${number}` }
      const { answer } = await one('rising', context)
      expect(answer.metadata?.arm).toBe(answer.value === true ? 'treated' : 'control')
      arms.add(answer.metadata?.arm)
      expect((await all(context)).find(({ key }) => key === 'rising')).toEqual(answer)
    }
    expect(arms).toEqual(new Set(['treated', 'control']))
    expect(await armOf({ country: 'SE', userId: 'u-staff' })).toBe('outside')
    expect(await armOf({ country: 'NO', userId: 'u-1' })).toBe('outside')
  })

  it('has none where it has no ramp', async () => {
    expect((await one('search', { country: 'SE' })).answer.metadata).not.toHaveProperty('arm')
  })
})

describe('a flag that declares its stability', () => {
  it.each([
    ['live', { stability: 'live' }],
    ['session', { stability: 'session' }],
    ['page', {}],
    [undefined, {}],
  ])('has it in its metadata, unless it is that of most: %s', async (stability, more) => {
    await publish(worker, definitionWith({ shown: { ...BOOLEAN, ...(stability && { stability }) } }))
    const { answer } = await one('shown', {})
    expect(answer.metadata).toEqual({ version: '2', ...more })
    expect(await all({})).toContainEqual(answer)
  })
})

describe('a sticky flag', () => {
  const sticky = {
    type: 'string',
    reveal: 'value',
    variants: { a: 'a', b: 'b', secret: 'secret' },
    safe: 'a',
    sticky: true,
    rules: [{ id: 'halves', split: { a: 50, b: 50 } }],
  }

  it('says that its draw should be kept', async () => {
    await publish(worker, definitionWith({ experiment: sticky }))
    const { answer } = await one('experiment', { userId: 'u-1' })
    expect(answer.metadata).toEqual({ version: '2', rule: 'halves', sticky: true })
    expect(await all({ userId: 'u-1' })).toContainEqual(answer)
    expect((await one('experiment', {})).answer.metadata).toEqual({ version: '2' })
  })

  it('does not take its variant from who asks', async () => {
    await publish(worker, definitionWith({ experiment: sticky }))
    const drawn = await one('experiment', { userId: 'u-1' })
    expect(drawn.answer).toMatchObject({ reason: 'SPLIT', metadata: { rule: 'halves' } })
    for (const brought of [
      { $sticky: { experiment: 'secret' } },
      { '$sticky.experiment': 'secret' },
      { $sticky: { experiment: 'secret' }, '$sticky.experiment': 'secret' },
    ]) {
      expect(await one('experiment', { userId: 'u-1', ...brought })).toEqual(drawn)
      const among = (await all({ userId: 'u-1', ...brought })).find(({ key }) => key === 'experiment')
      expect(among).toEqual(drawn.answer)
    }
  })

  it('would take it from its host, so the test above can fail', async () => {
    await publish(worker, definitionWith({ experiment: sticky }))
    await all({})
    const engine = worker.services.edge.standing.adopted?.engine
    const assigned = engine?.evaluate('experiment', { userId: 'u-1', $sticky: { experiment: 'secret' } })
    expect(assigned).toMatchObject({ value: 'secret', reason: 'CACHED' })
  })
})
