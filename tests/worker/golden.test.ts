import { loadControl, loadEngine } from 'fader'
import { describe, expect, it } from 'vitest'
import { check, definitionOf, differences, type GoldenFile, instantOf } from '../js/golden.ts'

const texts = import.meta.glob<string>('../cases/*.json', { query: '?raw', import: 'default', eager: true })
const files = Object.entries(texts).map(([path, text]) => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { name, file: JSON.parse(text) as GoldenFile }
})

async function engineOf(file: GoldenFile) {
  const control = await loadControl()
  // Some cases are about what a publisher would be warned of, and flags with an issue answer PARSE_ERROR anyway.
  const { snapshot } = control.compile(definitionOf(file))
  return loadEngine(snapshot ?? new Uint8Array())
}

describe('the golden cases in workerd', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(5)
    expect(files.flatMap(({ file }) => file.cases).length).toBeGreaterThan(300)
  })

  it.each(files)('$name', async ({ file }) => {
    const engine = await engineOf(file)
    expect(check(engine, file)).toEqual([])
    engine.free()
  })

  it.each(files)('$name, explained', async ({ file }) => {
    const engine = await engineOf(file)
    const wrong: string[] = []
    for (const golden of file.cases) {
      const explanation = await engine.explain(golden.flag, golden.context as never, instantOf(golden))
      wrong.push(...differences(golden.case, golden, explanation))
    }
    expect(wrong).toEqual([])
    engine.free()
  })

  it('fail when an answer is another than expected', async () => {
    const file = files[0]?.file
    const first = file?.cases[0]
    if (file === undefined || first === undefined) throw new Error('there are no cases')
    const engine = await engineOf(file)
    const wrong = { ...first, expect: { ...first.expect, variant: 'another', rule: 'no-such-rule' } }
    const found = check(engine, { ...file, cases: [wrong] })
    expect(found.some((line) => line.includes('variant'))).toBe(true)
    expect(found.some((line) => line.includes('rule'))).toBe(true)
  })
})
