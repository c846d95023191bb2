import { readdirSync, readFileSync } from 'node:fs'
import { type Context, type Control, type Engine, type Explanation, loadControl, loadEngine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { check, definitionOf, differences, type GoldenCase, type GoldenFile, instantOf } from './golden.ts'

const folder = new URL('../cases/', import.meta.url)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, file: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenFile }))

let control: Control

beforeAll(async () => {
  control = await loadControl()
})

/** Some files are about flags with an issue, and those answer PARSE_ERROR. */
function snapshotOf(file: GoldenFile): Uint8Array {
  const { snapshot } = control.compile(definitionOf(file))
  if (snapshot === undefined) throw new Error('this is no definition')
  return snapshot
}

/** What differs between an explanation and the case, and between its parts. */
function wrongIn(golden: GoldenCase, how: string, explanation: Explanation, engine: Engine): string[] {
  const name = `${golden.case} (${how})`
  const wrong = differences(name, golden, explanation)
  const evaluated = engine.evaluate(golden.flag, golden.context as Context, instantOf(golden))
  for (const part of ['value', 'variant', 'reason', 'rule', 'errorCode'] as const) {
    const [asked, told] = [evaluated[part], explanation[part]].map((one) => JSON.stringify(one))
    if (asked !== told) wrong.push(`${name}: ${part} is evaluated to ${asked} and explained as ${told}`)
  }
  const deciding = explanation.steps.filter(({ decided }) => decided)
  const isUnasked = ['FLAG_NOT_FOUND', 'INVALID_CONTEXT'].includes(explanation.errorCode ?? '')
  if (deciding.length !== (isUnasked ? 0 : 1)) wrong.push(`${name}: ${deciding.length} steps decided`)
  if (deciding[0]?.rule !== explanation.rule) wrong.push(`${name}: another rule decided than is named`)
  if (explanation.steps.some(({ because }) => because === '')) wrong.push(`${name}: a step does not say why`)
  return wrong
}

describe('the golden cases in Node', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(files.flatMap(({ file }) => file.cases).length).toBeGreaterThan(500)
  })

  it.each(files)('$name, on the engine artefact', async ({ file }) => {
    const engine = await loadEngine(snapshotOf(file))
    expect(check(engine, file)).toEqual([])
    engine.free()
  })

  it.each(files)('$name, on the control artefact', ({ file }) => {
    const engine = control.load(snapshotOf(file))
    expect(check(engine, file)).toEqual([])
    engine.free()
  })

  it.each(files)('$name, explained as evaluated', async ({ file }) => {
    const snapshot = snapshotOf(file)
    const engine = await loadEngine(snapshot)
    const wrong: string[] = []
    for (const golden of file.cases) {
      const context = golden.context as Context
      const now = instantOf(golden)
      wrong.push(
        ...wrongIn(golden, 'by the engine', await engine.explain(golden.flag, context, now), engine),
        ...wrongIn(golden, 'by control', control.explain(snapshot, golden.flag, context, now), engine),
      )
    }
    expect(wrong).toEqual([])
    engine.free()
  })

  it('fail when an answer is another than expected', async () => {
    const [first] = files
    const [golden] = first?.file.cases ?? []
    if (first === undefined || golden === undefined) throw new Error('there are no cases')
    const engine = await loadEngine(snapshotOf(first.file))
    const wrong = { ...golden, expect: { ...golden.expect, variant: 'another', errorCode: 'GENERAL' } }
    const found = check(engine, { ...first.file, cases: [wrong] })
    expect(found).toContainEqual(expect.stringContaining('variant is'))
    expect(found).toContainEqual(expect.stringContaining('errorCode is'))
    engine.free()
  })
})
