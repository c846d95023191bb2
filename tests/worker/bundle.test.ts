import { describe, expect, it } from 'vitest'
import { decodeReveal, encodeReveal } from '../../worker/src/revision/bundle.ts'

const decode = (json: string) => [...decodeReveal(new TextEncoder().encode(json))]

describe('what is revealed', () => {
  it('comes back as it was', () => {
    const flags = new Map([['search', 'value'] as const, ['constructor', 'rule'] as const, ['å', 'rule'] as const])
    expect([...decodeReveal(encodeReveal(flags))]).toEqual([...flags])
    expect([...decodeReveal(encodeReveal(new Map()))]).toEqual([])
  })

  it('is nothing but what is said in words that are known', () => {
    expect(decode('{"a":"rule","b":"none","c":"all","d":true,"e":null,"f":["rule"],"g":"RULE","h":""}')).toEqual([
      ['a', 'rule'],
    ])
  })

  it('has no names that nobody wrote', () => {
    const flags = decodeReveal(new TextEncoder().encode('{"__proto__":"rule"}'))
    expect(flags.has('toString')).toBe(false)
    expect([...flags]).toEqual([['__proto__', 'rule']])
  })
})
