import { readFileSync } from 'node:fs'
import { type Context, type Engine, loadControl, loadEngine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from './support/definition.ts'

/** The names in it say where they belong: `keep-` in both snapshots, `hide-` at the edge alone, `gone-` in neither. */
const definition = readFileSync(new URL('../projection/definition.json', import.meta.url), 'utf8')
const now = Date.parse('2026-11-21T12:00:00Z')

/** Names in their order, each once. What ignores case is compiled in lower case. */
const canaries = (beginning: string): string[] => [
  ...new Set(definition.toLowerCase().match(new RegExp(`\\b${beginning}-[a-z0-9-]*[a-z0-9]`, 'g'))),
]

const names = { keep: canaries('keep'), hide: canaries('hide'), gone: canaries('gone') }
let edge: Uint8Array
let client: Uint8Array
beforeAll(async () => {
  edge = await compile(definition, 'edge')
  client = await compile(definition, 'client')
})

/** Which names are among the bytes, as UTF-8 or as UTF-16. */
function found(all: readonly string[], bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes)
  return all.filter((name) => buffer.includes(name, 'utf8') || buffer.includes(name, 'utf16le'))
}

describe('the snapshots of a definition', () => {
  it('are the same when all of them are made at once', async () => {
    const control = await loadControl()
    expect(control.compileAll(definition)).toEqual({ issues: [], snapshots: { edge, client } })
    const { issues, snapshots } = control.compileAll('[]')
    expect(issues).toEqual(control.validate('[]'))
    expect(snapshots).toBeUndefined()
  })

  it('have the names that belong there, and no others', () => {
    expect(names.keep.length).toBeGreaterThan(24)
    expect(names.hide.length).toBeGreaterThan(44)
    expect(names.gone.length).toBeGreaterThan(29)
    expect(found(names.keep, edge)).toEqual(names.keep)
    expect(found(names.keep, client)).toEqual(names.keep)
    expect(found(names.hide, edge)).toEqual(names.hide)
    expect(found(names.hide, client)).toEqual([])
    expect(found(names.gone, edge)).toEqual([])
    expect(found(names.gone, client)).toEqual([])
  })

  it('are what a file of `fader compile` holds, and the worker stores', async () => {
    const control = await loadControl()
    expect(control.compile(definition, 'client').snapshot).toEqual(client)
    expect(control.compile(definition).snapshot).toEqual(edge)
  })
})

/** Units that stand in lists, and many that stand in none. */
function* contexts(): Generator<Context> {
  const listed = ['hide-overridden-1', 'hide-overridden-2', 'hide-included-1', 'hide-excluded', 'hide-stage-member']
  const others = Array.from({ length: 300 }, (_, number) => `u-${number}`)
  for (const userId of [...listed, 7001, '7001', 7002, 7001.5, null, undefined, ...others]) {
    for (const orgId of ['hide-inner-member', 'hide-overridden-org', 'o-1', 'o-2', 3]) {
      yield { userId, orgId, country: 'keep-country', age: 20 }
      yield { userId, orgId, tier: 'keep-tier', email: 'x@keep-domain', $sticky: { 'keep-shown': 'keep-other' } }
      yield { userId, orgId, tier: 'keep-tier', age: 18.5 }
    }
  }
}

describe('what clients may evaluate', () => {
  let inside: Engine
  let outside: Engine
  beforeAll(async () => {
    inside = await loadEngine(edge)
    outside = await loadEngine(client)
  })

  it('is answered for them as at the edge', () => {
    expect(outside.flags).toEqual(inside.flags.filter((key) => key.startsWith('keep-')))
    const met = new Set<string>()
    for (const context of contexts()) {
      for (const flag of outside.flags) {
        const outcome = outside.evaluate(flag, context, now)
        expect(outcome).toEqual(inside.evaluate(flag, context, now))
        met.add(`${flag} ${outcome.reason} ${outcome.rule} ${outcome.arm}`)
      }
    }
    // Every rule, override, holdout, assignment and arm was met.
    expect(met.size).toBe(16)
  })

  it('is explained without a word that they may not know', async () => {
    const context = { userId: 'u-3', orgId: 'o-1', age: 30, tier: 'keep-tier', email: 'x@keep-domain' }
    const told = await Promise.all(outside.flags.map((flag) => outside.explain(flag, context, now)))
    const bytes = new TextEncoder().encode(JSON.stringify(told))
    expect(found(names.keep, bytes)).toContain('keep-by-segment')
    expect(JSON.stringify(told)).toContain('which are not shown')
    expect(found([...names.hide, ...names.gone], bytes)).toEqual([])
  })

  it('is all that they are told of when they ask for the rest', () => {
    for (const flag of inside.flags.filter((key) => key.startsWith('hide-'))) {
      expect(inside.evaluate(flag, {}, now).errorCode).toBeUndefined()
      expect(outside.evaluate(flag, {}, now)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND', value: null })
    }
  })
})
