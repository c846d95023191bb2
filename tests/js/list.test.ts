import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Attribute, InvalidContext, seeAll, tree } from '../../js/dist/attribute.js'
import { Memory, Subject } from '../../js/dist/context.js'
import { contextOf } from '../../js/dist/seen.js'
import { type Artefact, instantiate } from '../../js/generated/engine.js'
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
  const all = table.map(([path]) => new Attribute(path))
  return tree(all, (at) => table[at]?.[1] ?? 0)
}

/** A subject that can be looked into. */
function open(attributes: readonly Attribute[] = attributesOf(table)) {
  const artefact = instantiate(module)
  let address = 0
  const exports = {
    ...artefact.exports,
    subject_reserve: (at: number, length: number) => {
      address = artefact.exports.subject_reserve(at, length) >>> 0
      return address
    },
  }
  const watched: Artefact = { ...artefact, exports }
  const subject = new Subject(watched, new Memory(artefact.memory), attributes)
  return { subject, reader: () => new Reader(artefact.memory, address) }
}

const ways = {
  'read at once': (subject: Subject, context: unknown) => {
    try {
      subject.read(context)
    } catch (cause) {
      throw subject.blame(cause)
    }
  },
  'read before': (subject: Subject, context: unknown, attributes = attributesOf(table)) =>
    subject.write(seeAll(attributes, context)),
}

const basket = [
  { sku: 'a-1', price: { net: 12.5 }, tags: ['new', 'sale'] },
  { sku: 7, 'price.net': 3, price: { net: 4 }, tags: [] },
  'no object',
  { sku: { deep: true }, tags: 'no list' },
]

describe.each(Object.entries(ways))('a list that is %s', (_, write) => {
  it('has a row for each element, with a slot for each attribute that is read of it', () => {
    const { subject, reader } = open()
    write(subject, { country: 'SE', basket })
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
    const { subject, reader } = open()
    // biome-ignore lint/suspicious/noSparseArray: a host may have one.
    const roles = ['admin', , null, true, 3, Number.NaN, {}, ['x'], '用户', 'x'.repeat(200), '']
    write(subject, { roles })
    const list = reader().slot(0, ROLES)
    if (typeof list !== 'object') throw new Error('no list')
    expect(list.length).toBe(roles.length)
    const found = roles.map((__, at) => reader().slot(list.rows + at * SLOT, 0))
    const nested = { length: 1, rows: 0 }
    const wanted = ['admin', undefined, undefined, true, 3, undefined, 'OTHER', nested, '用户', 'x'.repeat(200), '']
    expect(found).toEqual(wanted)
  })

  it('of which nothing is read but its size has no rows', () => {
    const { subject, reader } = open()
    write(subject, { friends: Array.from({ length: 5_000 }, () => 'x'.repeat(100)) })
    expect(reader().slot(0, FRIENDS)).toEqual({ length: 5_000, rows: 0 })
  })

  it('is there when it is empty, and is none when it is an object', () => {
    const { subject, reader } = open()
    write(subject, { basket: [], friends: { length: 3 }, roles: new Set(['x']) })
    const slots = [BASKET, FRIENDS, ROLES].map((place) => reader().slot(0, place))
    expect(slots).toEqual([{ length: 0, rows: 0 }, 'OTHER', 'OTHER'])
  })

  it('is written anew each time, and leaves nothing behind', () => {
    const { subject, reader } = open()
    for (const roles of [['a', 'b', 'c'], ['d'], [true], [], ['e', 'f']]) {
      write(subject, { roles, country: 'SE' })
      const list = reader().slot(0, ROLES)
      if (typeof list !== 'object') throw new Error('no list')
      expect(roles.map((__, at) => reader().slot(list.rows + at * SLOT, 0))).toEqual(roles)
    }
    write(subject, {})
    expect([0, 1, 2, 3, 4].map((place) => reader().slot(0, place))).toEqual(Array(5).fill(undefined))
  })

  it('of 4,096 rows is the most, and one more is too large', () => {
    const { subject, reader } = open()
    write(subject, { roles: Array(4_096).fill(1) })
    expect(reader().slot(0, ROLES)).toMatchObject({ length: 4_096 })
    expect(() => write(subject, { roles: Array(4_097).fill(1) })).toThrow(InvalidContext)
    expect(() => write(subject, { roles: Array(4_095).fill(1), country: 'x'.repeat(16) })).not.toThrow()
    expect(() => write(subject, { roles: Array(4_095).fill(1), country: 'x'.repeat(17) })).toThrow(/65536 bytes/)
    expect(() => write(subject, { roles: Array(2_000).fill('x'.repeat(20)) })).toThrow(/65536 bytes/)
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
    const { subject, reader } = open()
    expect(() => write(subject, { basket: list })).toThrow(InvalidContext)
    write(subject, { country: 'SE', roles: ['x'] })
    expect(reader().slot(0, COUNTRY)).toBe('SE')
    expect(reader().slot(0, BASKET)).toBeUndefined()
  })
})

describe('what a host keeps', () => {
  it.each(Object.entries(ways))('is a member of $sticky by its whole name, %s', (_, write) => {
    const { subject, reader } = open()
    const sticky = (context: unknown) => {
      write(subject, context)
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
    const values = seeAll(attributes, context)
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
    first.subject.write(values)
    again.subject.write(seeAll(attributes, JSON.parse(JSON.stringify(seen))))
    for (const place of [BASKET, FRIENDS, ROLES, STICKY]) {
      expect(again.reader().slot(0, place)).toEqual(first.reader().slot(0, place))
    }
  })
})

describe('a text that stands in its place already', () => {
  const changes = (subject: Subject, context: unknown) => {
    subject.changed = 0
    subject.read(context)
    return subject.changed
  }

  it('is not written again, and what is another is', () => {
    const { subject, reader } = open()
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
      const did = changes(subject, { country })
      expect(reader().slot(0, COUNTRY)).toBe(country)
      return did
    })
    expect(changed).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('and numbers, booleans and what is absent are not either, but lists are', () => {
    const { subject } = open()
    const twice = (country: unknown) => [changes(subject, { country }), changes(subject, { country })]
    expect([7, true, false, {}].map(twice)).toEqual(Array(4).fill([1, 0]))
    expect(twice(undefined)).toEqual([1, 0])
    expect(twice([])).toEqual([1, 1])
  })

  it('stays when the room behind it grows', () => {
    const { subject, reader } = open()
    subject.read({ country: 'SE' })
    subject.read({ country: 'SE', roles: Array(1_000).fill('long enough') })
    expect(reader().slot(0, COUNTRY)).toBe('SE')
    expect(changes(subject, { country: 'SE', roles: undefined })).toBe(1)
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
