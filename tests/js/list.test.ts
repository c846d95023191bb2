import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Attribute, InvalidContext, readAll, type Seen, tree } from '../../js/dist/attribute.js'
import { Writer } from '../../js/dist/context.js'
import { contextOf } from '../../js/dist/seen.js'
import { instantiate } from '../../js/generated/engine.js'
import { Reader } from './support/buffer.ts'

const module = new WebAssembly.Module(readFileSync(new URL('../../js/generated/engine.wasm', import.meta.url)))

/** Path and parent of each attribute, as the engine gives them: 0 for the context, or one more than the list's index. */
type Table = readonly (readonly [path: string, parent: number])[]

/** One attribute of the context, a list of objects with lists in them, its size alone, and a list of scalars. */
const table: Table = [
  ['country', 0],
  ['basket', 0],
  ['sku', 2],
  ['price.net', 2],
  ['tags', 2],
  ['', 5],
  ['friends', 0],
  ['roles', 0],
  ['', 8],
  ['$sticky.new.ui', 0],
]
const [COUNTRY, BASKET, FRIENDS, ROLES, STICKY] = [0, 1, 2, 3, 4]
const [SKU, NET, TAGS] = [0, 1, 2]
const CHILDREN = 3
const SLOT = 16

function attributesOf(table: Table): readonly Attribute[] {
  return tree(
    table.map(([path]) => path),
    (at) => table[at]?.[1] ?? 0,
  )
}

/** A writer, and where it writes to. */
function open(attributes: readonly Attribute[] = attributesOf(table)) {
  const { exports } = instantiate(module)
  const engine = exports.engine_new()
  let address = 0
  const writer = new Writer(exports.memory, attributes, (subject, length) => {
    address = exports.engine_reserve(engine, subject, length) >>> 0
    return address
  })
  const values: Seen[] = []
  return {
    /** Reads and writes a context, and returns whether anything was another than before. */
    write(context: unknown): number {
      writer.changed = 0
      writer.write(readAll(attributes, context, values))
      return writer.changed
    },
    /** Writes values that were read before. */
    put: (seen: readonly Seen[]) => writer.write(seen),
    copy: () => writer.copy(exports.engine_subject(engine)),
    reader: () => new Reader(exports.memory, address),
  }
}

/** What is in the one buffer is in the other as well. */
const ways = {
  'where it is written': () => open(),
  'in a copy': () => {
    const { write, copy, reader } = open()
    return {
      write(context: unknown) {
        write(context)
        copy()
      },
      reader,
    }
  },
}

const basket = [
  { sku: 'a-1', price: { net: 12.5 }, tags: ['new', 'sale'] },
  { sku: 7, 'price.net': 3, price: { net: 4 }, tags: [] },
  'no object',
  { sku: { deep: true }, tags: 'no list' },
]

describe.each(Object.entries(ways))('a list, %s,', (_, open) => {
  it('has a row for each element, with a slot for each attribute that is read of it', () => {
    const { write, reader } = open()
    write({ country: 'SE', basket })
    const read = reader()
    const list = read.slot(0, BASKET)
    if (typeof list !== 'object') throw new Error(`${list} is no list`)
    expect(list.length).toBe(basket.length)
    expect(list.rows % 8).toBe(0)
    const of = (element: number, place: number) => read.slot(list.rows + element * CHILDREN * SLOT, place)
    expect(basket.map((__, at) => of(at, SKU))).toEqual(['a-1', 7, undefined, 'OTHER'])
    expect(basket.map((__, at) => of(at, NET))).toEqual([12.5, 3, undefined, undefined])
    expect(basket.map((__, at) => of(at, TAGS))).toEqual([
      { length: 2, rows: expect.any(Number) },
      { length: 0, rows: 0 },
      undefined,
      'no list',
    ])
    const tags = of(0, TAGS)
    if (typeof tags !== 'object') throw new Error('no list')
    expect([0, 1].map((at) => read.slot(tags.rows + at * SLOT, 0))).toEqual(['new', 'sale'])
    expect(read.slot(0, COUNTRY)).toBe('SE')
  })

  it('of scalars has each itself, and holes and null are absent', () => {
    const { write, reader } = open()
    // biome-ignore lint/suspicious/noSparseArray: a host may have one.
    const roles = ['admin', , null, true, 3, Number.NaN, {}, ['x'], '用户', 'x'.repeat(200), '']
    write({ roles })
    const list = reader().slot(0, ROLES)
    if (typeof list !== 'object') throw new Error('no list')
    expect(list.length).toBe(roles.length)
    const found = roles.map((__, at) => reader().slot(list.rows + at * SLOT, 0))
    const nested = { length: 1, rows: 0 }
    const wanted = ['admin', undefined, undefined, true, 3, undefined, 'OTHER', nested, '用户', 'x'.repeat(200), '']
    expect(found).toEqual(wanted)
  })

  it('of which nothing is read but its size has no rows', () => {
    const { write, reader } = open()
    write({ friends: Array.from({ length: 5_000 }, () => 'x'.repeat(100)) })
    expect(reader().slot(0, FRIENDS)).toEqual({ length: 5_000, rows: 0 })
  })

  it('is there when it is empty, and is none when it is an object', () => {
    const { write, reader } = open()
    write({ basket: [], friends: { length: 3 }, roles: new Set(['x']) })
    const slots = [BASKET, FRIENDS, ROLES].map((place) => reader().slot(0, place))
    expect(slots).toEqual([{ length: 0, rows: 0 }, 'OTHER', 'OTHER'])
  })

  it('is written anew each time, and leaves nothing behind', () => {
    const { write, reader } = open()
    for (const roles of [['a', 'b', 'c'], ['d'], [true], [], ['e', 'f']]) {
      write({ roles, country: 'SE' })
      const list = reader().slot(0, ROLES)
      if (typeof list !== 'object') throw new Error('no list')
      expect(roles.map((__, at) => reader().slot(list.rows + at * SLOT, 0))).toEqual(roles)
    }
    write({})
    expect([0, 1, 2, 3, 4].map((place) => reader().slot(0, place))).toEqual(Array(5).fill(undefined))
  })

  it('of 4,096 rows is the most, and one more is too large', () => {
    const { write, reader } = open()
    write({ roles: Array(4_096).fill(1) })
    expect(reader().slot(0, ROLES)).toMatchObject({ length: 4_096 })
    expect(() => write({ roles: Array(4_097).fill(1) })).toThrow(InvalidContext)
    expect(() => write({ roles: Array(4_095).fill(1), country: 'x'.repeat(16) })).not.toThrow()
    expect(() => write({ roles: Array(4_095).fill(1), country: 'x'.repeat(17) })).toThrow(/65536 bytes/)
    expect(() => write({ roles: Array(2_000).fill('x'.repeat(20)) })).toThrow(/65536 bytes/)
  })

  it.each([
    ['a proxy that says that it is endless', new Proxy([], { get: () => 2 ** 31 })],
    ['a proxy that throws', new Proxy([], { get: () => fail() })],
    ['an element that throws', Object.defineProperty([1, 2], 0, { get: fail })],
    ['a member of an element that throws', [Object.defineProperty({}, 'sku', { get: fail })]],
    ['a revoked proxy', revoked()],
    ['an element that is a revoked proxy', [revoked()]],
    ['a length that is no number', new Proxy([], { get: () => Symbol('length') })],
    ['lists in lists that never end', endless()],
    ['an array of the greatest length', new Array(2 ** 32 - 1)],
  ])('and is %s is the fault of the context', (__, list) => {
    const { write, reader } = open()
    expect(() => write({ basket: list })).toThrow(InvalidContext)
    write({ country: 'SE', roles: ['x'] })
    expect(reader().slot(0, COUNTRY)).toBe('SE')
    expect(reader().slot(0, BASKET)).toBeUndefined()
  })
})

describe('what a host keeps', () => {
  it.each(Object.entries(ways))('is a member of $sticky by its whole name, %s', (_, open) => {
    const { write, reader } = open()
    const sticky = (context: unknown) => {
      write(context)
      return reader().slot(0, STICKY)
    }
    expect(sticky({ $sticky: { 'new.ui': 'on' } })).toBe('on')
    expect(sticky({ $sticky: { new: { ui: 'on' } } })).toBeUndefined()
    expect(sticky({ '$sticky.new.ui': 'on' })).toBeUndefined()
    expect(sticky({ $sticky: Object.create({ 'new.ui': 'on' }) })).toBeUndefined()
    expect(sticky({ $sticky: 'new.ui' })).toBeUndefined()
  })
})

describe('what explain is given', () => {
  it('reads as what the engine was given', () => {
    const attributes = attributesOf(table)
    const context = {
      country: 'S\ud83dE',
      basket,
      friends: [1, 2],
      roles: ['x', null, {}, 3],
      $sticky: { 'new.ui': 'on' },
    }
    const values = readAll(attributes, context, [])
    const seen = contextOf(attributes, values)
    expect(JSON.parse(JSON.stringify(seen))).toEqual({
      country: 'S\ufffdE',
      basket: [
        { sku: 'a-1', 'price.net': 12.5, tags: ['new', 'sale'] },
        { sku: 7, 'price.net': 3, tags: [] },
        {},
        { sku: {}, tags: 'no list' },
      ],
      friends: [null, null],
      roles: ['x', null, {}, 3],
      $sticky: { 'new.ui': 'on' },
    })
    const [first, again] = [open(attributes), open(attributes)]
    first.put(values)
    again.write(JSON.parse(JSON.stringify(seen)))
    for (const place of [BASKET, FRIENDS, ROLES, STICKY]) {
      expect(again.reader().slot(0, place)).toEqual(first.reader().slot(0, place))
    }
  })
})

describe('a text that stands in its place already', () => {
  it('is not written again, and what is another is', () => {
    const { write, reader } = open()
    const steps = [
      'SE',
      'SE',
      ['S', 'E'].join(''),
      'NE',
      'SEE',
      '',
      'SE',
      undefined,
      'SE',
      7,
      'SE',
      'x'.repeat(65),
      'SE',
    ]
    const changed = steps.map((country) => {
      const did = write({ country })
      expect(reader().slot(0, COUNTRY)).toBe(country)
      return did
    })
    expect(changed).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('and numbers, booleans and what is absent are not either, but lists are', () => {
    const { write } = open()
    const twice = (country: unknown) => [write({ country }), write({ country })]
    expect([7, true, false, {}].map(twice)).toEqual(Array(4).fill([1, 0]))
    expect(twice(undefined)).toEqual([1, 0])
    expect(twice([])).toEqual([1, 1])
  })

  it('stays when the room behind it grows', () => {
    const { write, reader } = open()
    write({ country: 'SE' })
    write({ country: 'SE', roles: Array(1_000).fill('long enough') })
    expect(reader().slot(0, COUNTRY)).toBe('SE')
    expect(write({ country: 'SE', roles: undefined })).toBe(1)
    expect(reader().slot(0, COUNTRY)).toBe('SE')
  })
})

function fail(): never {
  throw new Error('boom')
}

function revoked(): unknown[] {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}

/** A list that says of every element that it has three thousand elements like it. */
function endless(): unknown[] {
  const list: unknown[] = new Proxy([], {
    get: (_, name) => (name === 'length' ? 1_000 : { sku: 'x', tags: list }),
  })
  return list
}
