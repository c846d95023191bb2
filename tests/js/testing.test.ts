import type { Value } from 'fader'
import { createTestClient, type TestAnswer } from 'fader/testing'
import { describe, expect, it } from 'vitest'

describe('a client for tests', () => {
  it.each<[string, TestAnswer, Value, string]>([
    ['a boolean that is true', true, true, 'on'],
    ['a boolean that is false', false, false, 'off'],
    ['a text', 'v2', 'v2', 'v2'],
    ['a number', 0, 0, '0'],
    ['an object', { title: 'x' }, { title: 'x' }, 'only'],
    ['a list', [1, 2], [1, 2], 'only'],
    ['an answer with its variant', { variant: 'loud', value: 'LOUD' }, 'LOUD', 'loud'],
    ['an object that has a value', { value: 1 }, { value: 1 }, 'only'],
    ['an object that has a value and a variant of its own', { value: 1, variant: 2 }, { value: 1, variant: 2 }, 'only'],
  ])('gives %s', (_, answer, value, variant) => {
    const client = createTestClient({ flags: { flag: answer } })
    expect(client.outcome('flag')).toEqual({ flag: 'flag', value, variant, reason: 'STATIC' })
    expect(client.value('flag', value as 'x')).toEqual(value)
    expect(client.variant('flag')).toBe(variant)
  })

  it('gives what else an answer has', () => {
    const answer = {
      value: true,
      variant: 'on',
      reason: 'SPLIT',
      rule: 'public',
      arm: 'treated',
      stability: 'live',
    } as const
    expect(createTestClient({ flags: { flag: answer } }).outcome('flag')).toEqual({ flag: 'flag', ...answer })
  })

  it('gives the fallback for what is not there, or of another type', () => {
    const client = createTestClient({ flags: { list: [1], text: 'x' } })
    expect(client.isOn('none')).toBe(false)
    expect(client.isOn('none', true)).toBe(true)
    expect(client.value('text', 7)).toBe(7)
    expect(client.value('list', { a: 1 })).toEqual({ a: 1 })
    expect(client.variant('none', 'b')).toBe('b')
    expect(client.outcome('none').errorCode).toBe('FLAG_NOT_FOUND')
  })

  it('gives the same outcome as long as it is the same answer', () => {
    const client = createTestClient({ flags: { a: true } })
    const [before, missing, all] = [client.outcome('a'), client.outcome('none'), client.all()]
    client.set('b', 1)
    expect([client.outcome('a'), client.outcome('none')]).toEqual([before, missing])
    expect(client.outcome('a')).toBe(before)
    expect(client.outcome('none')).toBe(missing)
    expect(client.all()).not.toBe(all)
    expect(client.all()).toBe(client.all())
  })

  it('tells subscribers of another answer, until they have enough', () => {
    const client = createTestClient({ flags: { a: true } })
    const seen: unknown[] = []
    const stop = client.subscribe(() => seen.push([client.revision, client.isOn('a')]))
    client.set('a', false)
    client.set('a', true)
    client.remove('a')
    stop()
    client.set('a', true)
    expect(seen).toEqual([
      [2, false],
      [3, true],
      [4, false],
    ])
  })

  it('kills a flag: a boolean is false, and another gives what the test says', () => {
    const client = createTestClient({ flags: { on: true, size: 3 } })
    client.kill('on')
    expect(client.outcome('on')).toMatchObject({ value: false, variant: 'off', reason: 'DISABLED' })
    client.kill('size', 1)
    expect(client.outcome('size')).toMatchObject({ value: 1, reason: 'DISABLED' })
    expect(() => client.kill('size')).toThrow(/say what `size` gives/)
  })

  it('has no answers while it starts, or after it failed', async () => {
    const client = createTestClient({ flags: { a: true }, status: 'starting' })
    const heard: string[] = []
    client.subscribe(() => heard.push(client.status))
    const ready = client.ready().then(() => heard.push('is ready'))
    expect([client.revision, client.environment, client.all(), client.isOn('a')]).toEqual([
      undefined,
      undefined,
      [],
      false,
    ])
    expect(client.outcome('a').errorCode).toBe('PROVIDER_NOT_READY')
    expect(client.outcome('a')).toBe(client.outcome('a'))
    client.setStatus('ready')
    await ready
    expect([client.revision, client.environment, client.isOn('a')]).toEqual([1, 'test', true])
    client.setStatus('error')
    expect(client.isOn('a')).toBe(false)
    client.setStatus('offline')
    expect(client.isOn('a')).toBe(true)
    expect(heard).toEqual(['ready', 'is ready', 'error', 'offline'])
  })

  it('is for somebody else after that', async () => {
    const client = createTestClient({ context: { userId: 'a' } })
    let heard = 0
    client.subscribe(() => {
      heard += 1
    })
    await client.identify({ userId: 'b' })
    client.set('a', 1)
    expect(client.evaluate('a', { userId: 'c' })).toBe(client.outcome('a'))
    expect([client.context, heard]).toEqual([{ userId: 'b' }, 2])
  })
})

describe('what a test may see of what was recorded', () => {
  it('is each answer that was read, once', () => {
    const client = createTestClient({ flags: { a: true, b: 'x', c: 1, d: 2 } })
    client.isOn('a')
    client.value('a', false)
    client.variant('b')
    client.outcome('c')
    client.all()
    client.value('none', 1)
    client.expose('d')
    expect(client.exposed.map(({ flag }) => flag)).toEqual(['a', 'b', 'd'])
    client.set('a', false)
    client.isOn('a')
    expect(client.exposed.map(({ value }) => value)).toEqual([true, 'x', 2, false])
  })

  it('is what was tracked', () => {
    const client = createTestClient()
    client.track('purchase', 12.5)
    client.track('opened')
    expect(client.tracked).toEqual([{ name: 'purchase', value: 12.5 }, { name: 'opened' }])
    client.forget()
    expect(client.tracked).toEqual([])
  })

  it('is nothing without consent', () => {
    const client = createTestClient({ flags: { a: true } })
    client.track('before')
    client.consent(false)
    client.isOn('a')
    client.track('without')
    expect([client.exposed, client.tracked]).toEqual([[], []])
    client.consent(true)
    client.isOn('a')
    expect(client.exposed).toHaveLength(1)
  })
})
