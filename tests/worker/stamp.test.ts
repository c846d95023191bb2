import { describe, expect, it } from 'vitest'
import { stamp } from '../../worker/src/revision/json-text.ts'

const values = { environment: 'production', revision: 7 }

function check(json: string, expected: string): void {
  const stamped = stamp(json, values)
  expect(stamped).toBe(expected)
  expect(JSON.parse(stamped)).toMatchObject(values)
}

describe('stamping a definition', () => {
  it('replaces what is there and nothing else', () => {
    check(
      '{ "revision" : 1,\t"environment":"x" , "a":[1, 2.50] }',
      '{ "revision" : 7,\t"environment":"production" , "a":[1, 2.50] }',
    )
  })

  it('puts what is missing first, spaced as its author spaces', () => {
    check('{"a":1}', '{"environment": "production", "revision": 7, "a":1}')
    check('{\n  "a": 1\n}', '{\n  "environment": "production",\n  "revision": 7,\n  "a": 1\n}')
  })

  it('makes an empty object into a whole one', () => {
    check('{}', '{"environment": "production", "revision": 7}')
    check(' { } ', ' { "environment": "production", "revision": 7} ')
  })

  it('keeps the order of keys that look like integers, which decides who gets what', () => {
    const json = '{"revision":1,"environment":"","flags":{"b":1,"10":2,"2":3}}'
    expect(stamp(json, values)).toContain('{"b":1,"10":2,"2":3}')
  })

  it('keeps numbers that JavaScript cannot hold', () => {
    expect(stamp('{"n":12345678901234567890}', values)).toContain('12345678901234567890')
  })

  it('is not misled by what looks like a member', () => {
    const nested = '{"a":{"revision":1},"b":"\\"revision\\":2,}{","c":["revision",{"environment":3}],"d\\\\":"\\\\"}'
    const stamped = stamp(nested, values)
    expect(stamped.endsWith(nested.slice(1))).toBe(true)
    expect(JSON.parse(stamped)).toEqual({ ...JSON.parse(nested), ...values })
  })

  it('knows a member by its name, however that is written', () => {
    check('{"r\\u0065vision":1,"environment":0}', '{"r\\u0065vision":7,"environment":"production"}')
  })

  it('replaces each of several members of one name', () => {
    check('{"revision":1,"environment":0,"revision":[2,"]"]}', '{"revision":7,"environment":"production","revision":7}')
  })

  it('goes through a large definition in linear time', () => {
    const flags = Array.from({ length: 200_000 }, (_, index) => `"flag-${index}":{"a":["x\\"y",{"z":null}]}`).join(',')
    const stamped = stamp(`{"flags":{${flags}},"revision":1}`, values)
    expect(stamped.length).toBeGreaterThan(7_000_000)
    expect(stamped.endsWith('},"revision":7}')).toBe(true)
  })

  it('refuses what is no object', () => {
    for (const json of ['[]', '1', '"x"', '', '{', '{"a"', '{"a":', '{"a":1', '{"a":1 "b":2}']) {
      expect(() => stamp(json, values), json).toThrow(SyntaxError)
    }
  })
})
