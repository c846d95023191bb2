import { fileURLToPath } from 'node:url'
import { loadControl, loadEngine } from 'fader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { Folder, fader, shell } from './support/command.ts'
import { asks, compile, define, gives, storefront, storefrontPath } from './support/definition.ts'

const NOW = '2026-11-21T12:00:00Z'
const folder = new Folder()
const storefrontFile = fileURLToPath(storefrontPath)

interface Definition {
  flags: Record<string, { state?: string; variants: Record<string, unknown>; rules: { traffic?: number }[] }>
}

/** The storefront with more traffic, another value and a flag that was killed. */
function changed(): string {
  const definition = JSON.parse(storefront) as Definition
  const { flags } = definition
  const [, , publicRule] = flags['search-ranking']?.rules ?? []
  if (publicRule !== undefined) publicRule.traffic = 80
  if (flags['search-suggestions'] !== undefined) flags['search-suggestions'].variants.few = 6
  if (flags['related-posts'] !== undefined) flags['related-posts'].state = 'killed'
  return JSON.stringify(definition)
}

let later: string
let swedish: string
let norwegian: string

beforeAll(() => {
  later = folder.write('later.json', changed())
  swedish = folder.write('swedish.json', define({ a: asks({ country: 'SE' }), b: gives('string', 'x') }))
  norwegian = folder.write('norwegian.json', define({ a: asks({ country: 'NO' }), b: gives('string', 'x') }))
})
afterAll(() => folder.remove())

interface Report {
  changes: { of: string; name: string; path: string; what: string }[]
  contexts?: {
    now: number
    contexts: number
    changed: number
    lines: number[]
    unreadable: number
    flags: { flag: string; contexts: number; moves: Move[] }[]
  }
}

interface Move {
  from: { variant: string | null; value: unknown }
  to: { variant: string | null; value: unknown }
  contexts: number
  lines: number[]
}

async function report(args: readonly string[], input = ''): Promise<Report & { code: number | null }> {
  const { code, said } = await fader(['diff', ...args, '--json', '--now', NOW], input)
  return { ...(JSON.parse(said) as Report), code }
}

describe('fader diff', () => {
  it('says what changed under what it is about, and ends with 1', async () => {
    const { code, said, errors } = await fader(['diff', storefrontFile, later])
    expect(said).toBe(`flag search-ranking
  rule \`public\`: traffic from 60 % to 80 %
flag related-posts
  state from on to killed
flag search-suggestions
  variant \`few\`: value from 5 to 6
3 differences
`)
    expect([code, errors]).toEqual([1, ''])
  })

  it('finds nothing between a definition and the same in another revision, and ends with 0', async () => {
    const other = storefront.replace('"format": 1,', '"format": 1, "revision": 77,')
    expect(other).not.toBe(storefront)
    expect(await fader(['diff', storefrontFile, '-'], other)).toMatchObject({ code: 0, said: 'no differences\n' })
  })

  it('--json gives what the package gives', async () => {
    const { changes, contexts, code } = await report([storefrontFile, later])
    expect(changes).toEqual((await loadControl()).diff(storefront, changed()))
    expect(changes[0]).toEqual({
      of: 'flag',
      name: 'search-ranking',
      path: 'flags.search-ranking.rules[2]',
      what: 'rule `public`: traffic from 60 % to 80 %',
    })
    expect([contexts, code]).toEqual([undefined, 1])
  })

  it('of what is no definition at all is refused by the package', async () => {
    const control = await loadControl()
    expect(() => control.diff(storefront, '[]')).toThrow(/no definition; validate says why/)
    expect(() => control.diff('', storefront)).toThrow(/no definition/)
  })

  it('compares nothing when one of the two has an issue, and ends with 2', async () => {
    const faulty = define({ a: { ...asks({ country: 'SE' }), safe: 'nope' } })
    for (const args of [
      [swedish, '-'],
      ['-', swedish],
    ]) {
      const { code, said, errors } = await fader(['diff', ...args], faulty)
      expect([code, said]).toEqual([2, ''])
      expect(errors).toMatch(
        /^flags\.a\.safe: there is no variant `nope`\n {2}\S.*\n-: 1 issue, so it is not compared\n$/,
      )
    }
  })

  it.each([
    [['a'], /name two definitions/],
    [['a', 'b', 'c'], /name two definitions/],
    [['-', '-'], /only one of the files can be standard input/],
    [['a', '-', '--contexts', '-'], /only one of the files can be standard input/],
    [['a', 'b', '--now', 'soon'], /no instant/],
    [['missing', 'b'], /missing cannot be read/],
    [[storefrontFile, storefrontFile, '--contexts', 'missing'], /missing cannot be read: ENOENT/],
    [['a', 'b', '--fast'], /--help/],
  ])('%j cannot be carried out', async (args, message) => {
    const { code, said, errors } = await fader(['diff', ...args])
    expect(errors).toMatch(message)
    expect(errors).toMatch(/^fader: /)
    expect([code, said]).toEqual([2, ''])
  })
})

describe('fader diff --contexts', () => {
  it('counts whom a change concerns, by flag and by answer', async () => {
    const lines = ['{"country":"SE"}', '{"country":"NO"}', '{"country":"DE"}', '{"country":"SE"}']
    const { code, said } = await fader(
      ['diff', swedish, norwegian, '--contexts', '-', '--now', NOW],
      `${lines.join('\n')}\n`,
    )
    expect(said).toBe(`flag a
  rule \`asked\`: where from country is "SE" to country is "NO"
1 difference

4 contexts, at 2026-11-21T12:00:00.000Z
  with another answer of any flag: 3 (75 %), such as lines 1, 2, 4
  a: 3 (75 %)
    yes → no: 2 (50 %), such as lines 1, 4
    no → yes: 1 (25 %), such as line 2
`)
    expect(code).toBe(1)
  })

  it('takes another value for another answer, and flags that only one has for none', async () => {
    const old = folder.write('old.json', define({ a: gives('number', 1), gone: gives('number', 1) }))
    const now = folder.write('new.json', define({ a: gives('number', 2), added: gives('number', 1) }))
    const { contexts } = await report([old, now, '--contexts', '-'], '{}\n')
    const moves = [{ from: { variant: 'only', value: 1 }, to: { variant: 'only', value: 2 }, contexts: 1, lines: [1] }]
    expect(contexts).toMatchObject({ contexts: 1, changed: 1, flags: [{ flag: 'a', contexts: 1, moves }] })
    const { said } = await fader(['diff', old, now, '--contexts', '-'], '{}')
    expect(said).toContain('    only = 1 → only = 2: 1 (100 %), such as line 1\n')
  })

  it('does not take another order of members for another value', async () => {
    const old = folder.write('old.json', define({ a: gives('object', { x: 1, y: 2 }) }))
    const now = folder.write('new.json', define({ a: gives('object', { y: 2, x: 1 }) }))
    expect((await report([old, now, '--contexts', '-'], '{}\n')).contexts).toMatchObject({ contexts: 1, changed: 0 })
  })

  it('reads the lines of a batch, and a context that has an attribute `context`', async () => {
    const lines = [
      '{"flag": "a", "context": {"country": "SE"}, "now": 5}',
      '{"context": {"country": "SE"}}',
      '{"context": {"country": "SE"}, "country": "DE"}',
    ]
    const { contexts } = await report([swedish, norwegian, '--contexts', '-'], lines.join('\n'))
    expect(contexts).toMatchObject({ contexts: 3, changed: 2, lines: [1, 2] })
  })

  it('counts the lines that are no contexts, and ends with 2', async () => {
    const lines = ['{"country":"SE"}', 'half', '', '[]', 'null', '7', '{"country":"NO"}']
    const args = ['diff', swedish, norwegian, '--contexts', '-']
    const { code, said, errors } = await fader(args, lines.join('\n'))
    expect(said).toContain('\n2 contexts, at ')
    expect(errors).toBe('-: 5 lines without a context; the first is line 2\n')
    expect(code).toBe(2)
  })

  it('ends with 1 when definitions differ, whether or not a context does, and with 0 when they do not', async () => {
    expect(await report([swedish, norwegian, '--contexts', '-'], '{}')).toMatchObject({
      code: 1,
      contexts: { contexts: 1, changed: 0, flags: [] },
    })
    expect(await report([swedish, swedish, '--contexts', '-'], '{}')).toMatchObject({ code: 0, changes: [] })
    expect(await report([swedish, norwegian, '--contexts', '-'], '')).toMatchObject({ contexts: { contexts: 0 } })
  })

  it('counts as evaluating each context under both definitions does', { timeout: 60_000 }, async () => {
    const people = Array.from(visitors({ count: 20_000 }))
    const path = folder.write('people.jsonl', `${people.map((person) => JSON.stringify(person)).join('\n')}\n`)
    const { contexts } = await report([storefrontFile, later, '--contexts', path])
    const [old, now] = [await loadEngine(await compile(storefront)), await loadEngine(await compile(changed()))]
    const expected = new Map<string, number>()
    let all = 0
    for (const person of people) {
      // As a line of JSON has it: without what is undefined.
      const seen = JSON.parse(JSON.stringify(person))
      const moved = old.flags.filter((flag) => {
        const [before, after] = [old, now].map((engine) => engine.evaluate(flag, seen, Date.parse(NOW)))
        const isSame =
          before?.variant === after?.variant && JSON.stringify(before?.value) === JSON.stringify(after?.value)
        if (!isSame) {
          const key = `${flag}: ${before?.variant} → ${after?.variant}`
          expected.set(key, (expected.get(key) ?? 0) + 1)
        }
        return !isSame
      })
      if (moved.length > 0) all += 1
    }
    const counted = contexts?.flags.flatMap(({ flag, moves }) =>
      moves.map(({ from, to, contexts }) => [`${flag}: ${from.variant} → ${to.variant}`, contexts] as const),
    )
    expect(new Map(counted)).toEqual(expected)
    expect(expected.size).toBeGreaterThan(3)
    expect(contexts).toMatchObject({ contexts: 20_000, changed: all, unreadable: 0 })
    // The file is read by several threads, and the first lines are nevertheless the first.
    const firsts = contexts?.flags.flatMap(({ moves }) => moves.map(({ lines }) => lines[0] ?? 0)) ?? []
    expect(contexts?.lines[0]).toBe(Math.min(...firsts))
    for (const { moves } of contexts?.flags ?? []) {
      for (const { lines } of moves) expect(lines).toEqual([...lines].sort((left, right) => left - right))
    }
  })

  it('does not hold a large file in memory', { timeout: 60_000 }, async () => {
    const line = JSON.stringify({ country: 'SE', note: 'x'.repeat(400) })
    // 200 MB, with a heap of 40.
    const made = await shell(
      `yes '${line}' | head -n 450000 | "$NODE" --max-old-space-size=40 "$FADER" diff ${swedish} ${norwegian} --contexts - --json`,
    )
    expect(JSON.parse(made.said)).toMatchObject({
      contexts: { contexts: 450_000, changed: 450_000, lines: [1, 2, 3, 4, 5] },
    })
  })
})
