import { describe, expect, it } from 'vitest'
import { type Json, locate, type Path, remove, set } from '../../worker/src/revision/json-text.ts'
import { dice } from './dice.ts'

interface Case {
  readonly title: string
  readonly json: string
  readonly path: Path
  readonly value?: Json
  readonly gives: string
}

const LINES = '{\n  "a": {\n    "b": [1, 2.50]\n  },\n  "z": null\n}\n'

const settings: readonly Case[] = [
  { title: 'replaces a value', json: '{ "a" : 1 , "b":2 }', path: ['a'], value: 'x', gives: '{ "a" : "x" , "b":2 }' },
  { title: 'replaces an element', json: '[1,  [2] ,3]', path: [1, 0], value: 9, gives: '[1,  [9] ,3]' },
  {
    title: 'adds a member at the end, spaced as its author spaces',
    json: LINES,
    path: ['c'],
    value: true,
    gives: LINES.replace('null\n', 'null,\n  "c": true\n'),
  },
  {
    title: 'adds one inside',
    json: LINES,
    path: ['a', 'c'],
    value: 1,
    gives: LINES.replace('2.50]', '2.50],\n    "c": 1'),
  },
  {
    title: 'adds an element at the end',
    json: LINES,
    path: ['a', 'b', 2],
    value: 'u',
    gives: LINES.replace('2.50', '2.50, "u"'),
  },
  { title: 'adds to a dense object', json: '{"a":1}', path: ['b'], value: 2, gives: '{"a":1, "b": 2}' },
  { title: 'adds to an empty object', json: '{}', path: ['a'], value: {}, gives: '{"a": {}}' },
  { title: 'adds to an empty list', json: '[]', path: [0], value: null, gives: '[null]' },
  {
    title: 'makes the objects on the way',
    json: '{"a":1}',
    path: ['b', 'c', 'd'],
    value: [1, 'x'],
    gives: '{"a":1, "b": { "c": { "d": [1, "x"] } }}',
  },
  {
    title: 'makes the list on the way',
    json: '{"a":1}',
    path: ['b', 'c', 0],
    value: 'u',
    gives: '{"a":1, "b": { "c": ["u"] }}',
  },
  {
    title: 'finds a name however it is written',
    json: '{"r\\u0061":1}',
    path: ['ra'],
    value: 2,
    gives: '{"r\\u0061":2}',
  },
  {
    title: 'is not misled by texts',
    json: '{"x":"\\"a\\":1,}{\\\\","a":[{"a":"]"}]}',
    path: ['a', 0, 'a'],
    value: 2,
    gives: '{"x":"\\"a\\":1,}{\\\\","a":[{"a":2}]}',
  },
  {
    title: 'writes what needs an escape with one',
    json: '{}',
    path: ['"\n'],
    value: '\\"',
    gives: '{"\\"\\n": "\\\\\\""}',
  },
  {
    title: 'leaves numbers that JavaScript cannot hold',
    json: '{"n":12345678901234567890,"a":1}',
    path: ['a'],
    value: 2,
    gives: '{"n":12345678901234567890,"a":2}',
  },
]

const removals: readonly Case[] = [
  { title: 'the first member', json: '{ "a": 1, "b": 2 }', path: ['a'], gives: '{ "b": 2 }' },
  {
    title: 'one in the middle',
    json: '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}',
    path: ['b'],
    gives: '{\n  "a": 1,\n  "c": 3\n}',
  },
  { title: 'the last member', json: '{\n  "a": 1,\n  "b": 2\n}', path: ['b'], gives: '{\n  "a": 1\n}' },
  { title: 'the only member', json: '{\n  "a": 1\n}', path: ['a'], gives: '{}' },
  { title: 'the first element', json: '["a", "b", "c"]', path: [0], gives: '["b", "c"]' },
  { title: 'the last element', json: '["a","b" , "c" ]', path: [2], gives: '["a","b" ]' },
  { title: 'the only element', json: '[ "a" ]', path: [0], gives: '[]' },
  { title: 'what is not there', json: '{"a":[1]}', path: ['a', 1], gives: '{"a":[1]}' },
  { title: 'what is in nothing', json: '{"a":1}', path: ['b', 'c'], gives: '{"a":1}' },
]

describe('setting', () => {
  it.each(settings)('$title', ({ json, path, value = null, gives }) => {
    expect(set(json, path, value)).toBe(gives)
    expect(() => JSON.parse(gives)).not.toThrow()
  })
})

describe('removing', () => {
  it.each(removals)('$title', ({ json, path, gives }) => expect(remove(json, path)).toBe(gives))
})

const NAMES = ['a', 'b', '"', '\\', '{', '}', ',', '10', '2', 'é', '__proto__']

function randomJson(roll: (sides: number) => number, depth: number): Json {
  const kind = roll(depth > 0 ? 6 : 4)
  if (kind === 0) return roll(1000) - 500
  if (kind === 1) return NAMES[roll(NAMES.length)] ?? ''
  if (kind === 2) return roll(2) === 0
  if (kind === 3) return null
  const size = roll(4)
  if (kind === 4) return Array.from({ length: size }, () => randomJson(roll, depth - 1))
  return Object.fromEntries(
    Array.from({ length: size }, () => [NAMES[roll(NAMES.length)], randomJson(roll, depth - 1)]),
  )
}

/** Every way that leads to something. */
function pathsIn(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...entries.flatMap(([key, member]) => pathsIn(member, [...path, key]))]
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => (inside as Record<string | number, unknown>)[step], value)
}

describe('any JSON text', () => {
  it('is found, set and removed as a parser would', () => {
    const roll = dice(7)
    let looked = 0
    for (let round = 0; round < 1000; round += 1) {
      const value = randomJson(roll, 4)
      const json = JSON.stringify(value, null, roll(3))
      for (const path of pathsIn(value)) {
        looked += 1
        const span = locate(json, path)
        expect(span, `${json} ${path}`).toBeDefined()
        expect(JSON.parse(json.slice(span?.start, span?.end))).toEqual(valueAt(value, path))
        if (path.length === 0) continue
        expect(valueAt(JSON.parse(set(json, path, 'new')), path)).toBe('new')
        const last = path.at(-1) ?? ''
        const left = valueAt(JSON.parse(remove(json, path)), path.slice(0, -1))
        const before = valueAt(value, path.slice(0, -1))
        const wanted = Array.isArray(before)
          ? before.filter((_, index) => index !== last)
          : Object.fromEntries(Object.entries(before as object).filter(([key]) => key !== last))
        expect(left).toEqual(wanted)
      }
    }
    expect(looked).toBeGreaterThan(1000)
  })

  it('of 18 MB is changed at its end', () => {
    const flags = Array.from({ length: 20_000 }, (_, index) => `"flag-${index}":{"d":"${'x'.repeat(850)}","n":[1,{}]}`)
    const json = `{"flags":{${flags.join(',')}}}`
    expect(json.length).toBeGreaterThan(17_000_000)
    const changed = set(json, ['flags', 'flag-19999', 'state'], 'killed')
    expect(changed.endsWith('"n":[1,{}], "state": "killed"}}}')).toBe(true)
  })
})
