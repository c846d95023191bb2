import { readFileSync } from 'node:fs'
import type { Engine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { Instance } from '../../js/dist/artefact.js'
import { WasmControl } from '../../js/dist/control.js'
import { WasmEngine } from '../../js/dist/engine.js'
import { instantiate as instantiateControl } from '../../js/generated/control.js'
import { asks, compile, define } from './support/definition.ts'
import { corrupt, type Handle, type OpenInstance, openInstance } from './support/instance.ts'

const PAGES_OF_ALL_MEMORY = 65_536
const PAGE = 65_536
const noControl = () => Promise.reject(new Error('nothing is explained here'))
const sweden = { country: 'SE' }

let snapshot: Uint8Array
let large: Uint8Array

beforeAll(async () => {
  snapshot = await compile(define({ other: asks({ plan: 'pro' }), swedish: asks({ country: 'SE' }) }))
  const many = Array.from({ length: 2_000 }, (_, at) => [`flag-${at}`, asks({ country: `c${at}` })])
  large = await compile(define(Object.fromEntries(many)))
})

/** An instance, and what the engines in it hold, in the order in which they were loaded. */
function watched(onLoad: (handle: Handle) => void = () => {}): OpenInstance & { handles: readonly Handle[] } {
  const handles: Handle[] = []
  const open = openInstance((handle) => {
    handles.push(handle)
    onLoad(handle)
  })
  return { ...open, handles }
}

const load = (open: OpenInstance, bytes = snapshot) => new WasmEngine(open.instance, bytes, noControl)
const answers = (engine: Engine) => {
  expect(engine.evaluate('swedish', sweden)).toMatchObject({ value: true, rule: 'asked' })
  expect(engine.evaluate('swedish', { country: 'NO' })).toMatchObject({ value: false, reason: 'DEFAULT' })
  expect(engine.evaluateAll(sweden).map(({ value }) => value)).toEqual([false, true])
}

/** Takes all the memory that an instance can ever have. */
function exhaust({ artefacts }: OpenInstance): void {
  const memory = artefacts.at(-1)?.exports.memory
  if (memory === undefined) throw new Error('there is no instance')
  for (let pages = PAGES_OF_ALL_MEMORY; pages > 0; pages = Math.floor(pages / 2)) {
    while (memory.buffer.byteLength / PAGE + pages <= PAGES_OF_ALL_MEMORY) {
      try {
        memory.grow(pages)
      } catch {
        break
      }
    }
  }
}

describe('a corrupted handle', () => {
  it('traps when it is used, which is what these tests are about', () => {
    const open = watched()
    load(open)
    const [handle] = open.handles
    corrupt(handle)
    expect(() => open.artefacts[0]?.exports.engine_settled(handle?.at ?? 0, 0)).toThrow(WebAssembly.RuntimeError)
  })
})

describe('after a trap an engine answers from a new instance', () => {
  it('the evaluation that met it, and all after', () => {
    const open = watched()
    const engine = load(open)
    corrupt(open.handles[0])
    answers(engine)
    expect(open.artefacts).toHaveLength(2)
    for (let round = 0; round < 100; round++) answers(engine)
    expect(open.artefacts).toHaveLength(2)
  })

  it('also when all flags were asked for', () => {
    const open = watched()
    const engine = load(open)
    corrupt(open.handles[0])
    expect(engine.evaluateAll(sweden).map(({ value }) => value)).toEqual([false, true])
    expect(open.artefacts).toHaveLength(2)
  })

  it('with the same outcomes, object for object', () => {
    const open = watched()
    const engine = load(open)
    const before = engine.evaluateAll(sweden)
    corrupt(open.handles[0])
    engine.evaluateAll(sweden).forEach((outcome, at) => {
      expect(outcome).toBe(before[at])
    })
  })

  it('with contexts that were prepared before, as they were then', () => {
    const open = watched()
    const engine = load(open)
    const context = { country: 'SE' }
    const prepared = engine.prepare(context)
    engine.evaluate('swedish', prepared)
    context.country = 'NO'
    corrupt(open.handles[0])
    expect(engine.evaluate('swedish', prepared).value).toBe(true)
    expect(engine.evaluateAll(prepared).map(({ value }) => value)).toEqual([false, true])
    prepared.free()
    answers(engine)
  })

  it('and so does every other engine of that instance', () => {
    const open = watched()
    const engines = [load(open), load(open), load(open)]
    const prepared = engines[2]?.prepare(sweden) ?? { free: () => {} }
    corrupt(open.handles[0])
    engines.forEach(answers)
    expect(engines[2]?.evaluate('swedish', prepared).value).toBe(true)
    expect(open.artefacts).toHaveLength(2)
  })

  it('and what lived in the old instance can be freed', () => {
    const open = watched()
    const [first, second] = [load(open), load(open)]
    const prepared = second.prepare(sweden)
    corrupt(open.handles[0])
    corrupt(open.handles[1])
    answers(first)
    second.free()
    prepared.free()
    first.free()
    expect(second.evaluate('swedish', sweden).errorCode).toBe('GENERAL')
  })

  it('and one that only is freed does not throw', () => {
    const open = watched()
    const engine = load(open)
    corrupt(open.handles[0])
    expect(() => engine.free()).not.toThrow()
    answers(load(open))
  })
})

describe('when the new instance traps as well', () => {
  it('the outcome is GENERAL, and the next evaluation has a newer one', () => {
    let isBroken = false
    const open = watched((handle) => isBroken && corrupt(handle))
    const engine = load(open)
    expect(engine.flags).toEqual(['other', 'swedish'])
    corrupt(open.handles[0])
    isBroken = true
    for (let round = 1; round < 4; round++) {
      expect(engine.evaluate('swedish', sweden)).toMatchObject({ reason: 'ERROR', errorCode: 'GENERAL' })
      expect(engine.evaluateAll(sweden).map(({ errorCode }) => errorCode)).toEqual(['GENERAL', 'GENERAL'])
    }
    isBroken = false
    answers(engine)
  })
})

describe('when memory is exhausted', () => {
  it('a snapshot is loaded into a new instance, and engines of the old one go on there', () => {
    const open = watched()
    const engine = load(open)
    exhaust(open)
    const other = load(open, large)
    expect(open.artefacts).toHaveLength(2)
    expect(other.evaluate('flag-7', { country: 'c7' }).value).toBe(true)
    answers(engine)
  })

  it('a context for which there is no room is evaluated in a new instance', () => {
    const open = watched()
    const engine = load(open)
    answers(engine)
    exhaust(open)
    expect(engine.evaluate('swedish', { country: 'SE', plan: 'x'.repeat(60_000) }).value).toBe(true)
    const prepared = Array.from({ length: 20 }, () => engine.prepare({ country: 'SE', plan: 'x'.repeat(60_000) }))
    for (const one of prepared) expect(engine.evaluate('swedish', one).value).toBe(true)
    answers(engine)
  })
})

describe('a getter that frees the engine, and loads others where its memory was', () => {
  it.each([8, 100, 400, 5_000])('does not make it write over them, with texts of %s bytes', (length) => {
    const open = watched()
    const engine = load(open)
    answers(engine)
    const others: Engine[] = []
    const context = new Proxy({} as Record<string, unknown>, {
      get() {
        if (others.length === 0) {
          engine.free()
          for (let count = 0; count < 20; count++) others.push(load(open))
        }
        return 'x'.repeat(length)
      },
    })
    expect(engine.evaluate('swedish', context)).toMatchObject({ reason: 'ERROR', value: null })
    others.forEach(answers)
    expect(open.artefacts).toHaveLength(1)
  })
})

describe('when the stack runs out', () => {
  it('in the middle of an evaluation, the next one is answered', () => {
    const open = watched()
    const engine = load(open)
    const wrong: unknown[] = []
    let depth = 0
    const dive = () => {
      depth += 1
      try {
        dive()
      } catch {
        // Here is so little stack left that not even a call may be possible.
      }
      try {
        const { value, errorCode } = engine.evaluate('swedish', sweden)
        if (value !== true && errorCode === undefined) wrong.push(value)
      } catch (cause) {
        if (!(cause instanceof RangeError)) wrong.push(cause)
      }
    }
    dive()
    expect(depth).toBeGreaterThan(1_000)
    expect(wrong).toEqual([])
    answers(engine)
  })
})

describe('the control artefact', () => {
  const path = new URL('../../js/generated/control.wasm', import.meta.url)

  it('reads the next definition in a new instance, and so does the definition that trapped', () => {
    let isBroken = true
    const module = new WebAssembly.Module(readFileSync(path))
    let instances = 0
    const control = new WasmControl(
      new Instance(() => {
        instances += 1
        const artefact = instantiateControl(module)
        class Definition extends artefact.Definition {
          constructor(text: string) {
            super(text)
            if (isBroken) Object.assign(this, { __wbg_ptr: 0xffff_fff0 })
            isBroken = false
          }
        }
        return { ...artefact, Definition }
      }),
    )
    const engine = control.load(snapshot)
    expect(control.validate(define({ swedish: asks({ country: 'SE' }) }))).toEqual([])
    expect(instances).toBe(2)
    expect(control.validate('{')).toHaveLength(1)
    answers(engine)
    expect(control.explain(snapshot, 'swedish', sweden).value).toBe(true)
    expect(instances).toBe(2)
  })
})
