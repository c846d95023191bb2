import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Engine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { WasmEngine } from '../../js/dist/engine.js'
import { asks, compile, define, storefront } from './support/definition.ts'
import { type OpenInstance, openInstance } from './support/instance.ts'

const noControl = () => Promise.reject(new Error('nothing is explained here'))
const contexts = [...visitors({ seed: 7, count: 500 })]
let snapshots: Uint8Array[]

beforeAll(async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`flag-${at}`, asks({ [`a${at}`]: at })]))
  snapshots = await Promise.all(
    [storefront, define(many), define({ one: asks({ country: 'SE' }) })].map((d) => compile(d)),
  )
})

function load(open: OpenInstance, turn: number): Engine {
  return new WasmEngine(open.instance, snapshots[turn % snapshots.length] ?? new Uint8Array(), noControl)
}

/** Every third engine is freed after the next but one was loaded, as when revisions follow each other. */
function loadAndFree(open: OpenInstance, count: number): void {
  const alive: Engine[] = []
  for (let turn = 0; turn < count; turn++) {
    const engine = load(open, turn)
    const prepared = engine.prepare(contexts[turn % contexts.length] ?? {})
    engine.evaluateAll(prepared)
    engine.evaluateAll(contexts[(turn + 1) % contexts.length] ?? {})
    prepared.free()
    alive.push(engine)
    if (alive.length > 3) alive.splice(turn % 3, 1)[0]?.free()
  }
  for (const engine of alive) engine.free()
}

function evaluate(engine: Engine, count: number): void {
  for (let turn = 0; turn < count; turn++) {
    const flag = engine.flags[turn % engine.flags.length] ?? ''
    engine.evaluate(flag, contexts[turn % contexts.length] ?? {})
  }
}

/** Does a thing until memory is as large as it needs, and then many times more: memory must not have grown. */
function stays(open: OpenInstance, work: (count: number) => void, warm: number, count: number): void {
  work(warm)
  const before = open.bytes()
  work(count)
  expect(open.bytes()).toBe(before)
  expect(open.artefacts).toHaveLength(1)
}

describe('WebAssembly memory stays as it is', () => {
  it('over 2,000 loads and frees that interleave', () => {
    const open = openInstance()
    // What is freed in another order than it was made leaves gaps, and it takes a while until they are of every size.
    stays(open, (count) => loadAndFree(open, count), 2_000, 2_000)
  }, 60_000)

  it('over 200,000 evaluations', () => {
    const open = openInstance()
    const engine = load(open, 0)
    stays(open, (count) => evaluate(engine, count), 1_000, 200_000)
  })

  it('over snapshots that are refused', () => {
    const open = openInstance()
    const cut = (snapshots[1] ?? new Uint8Array()).subarray(0, -1)
    const refused = () => expect(() => new WasmEngine(open.instance, cut, noControl)).toThrow('changed on its way')
    stays(open, (count) => Array.from({ length: count }, refused), 10, 1_000)
  })

  it('over contexts that are too large, prepared or not, and never freed', () => {
    const open = openInstance()
    const engine = load(open, 2)
    const prepared = engine.prepare({ country: 'x'.repeat(70_000) })
    const refused = () => {
      expect(engine.evaluate('one', prepared).errorCode).toBe('INVALID_CONTEXT')
      expect(engine.evaluate('one', { country: 'x'.repeat(70_000) }).errorCode).toBe('INVALID_CONTEXT')
    }
    stays(open, (count) => Array.from({ length: count }, refused), 10, 1_000)
  })

  it('over a prepared context that goes to and fro between two engines', () => {
    const open = openInstance()
    const engines = [load(open, 0), load(open, 2)]
    const prepared = engines[0]?.prepare({ country: 'SE' }) ?? { free: () => {} }
    const work = (count: number) => {
      for (let turn = 0; turn < count; turn++) engines[turn % 2]?.evaluateAll(prepared)
    }
    stays(open, work, 10, 5_000)
    expect(engines[1]?.evaluate('one', prepared).value).toBe(true)
  })

  it.each([
    ['engines and contexts', (open: OpenInstance, turn: number) => load(open, turn).prepare({ country: 'SE' })],
    [
      'contexts of an engine that lives on',
      (_: OpenInstance, turn: number, engine: Engine) => engine.prepare({ turn }),
    ],
  ])('over %s that nobody freed, once the collector has been', async (_, make) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const open = openInstance()
    const engine = load(open, 1)
    const abandon = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        for (let turn = 0; turn < 50; turn++) make(open, turn, engine)
        collect()
        // What the collector found is freed between tasks.
        await new Promise((resolve) => setImmediate(resolve))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await abandon(5)
    const before = open.bytes()
    await abandon(25)
    expect(open.bytes()).toBeLessThanOrEqual(before * 1.5)
    expect(engine.evaluate('flag-7', { a7: 7 }).value).toBe(true)
  })
})
