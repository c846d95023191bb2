import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadControl } from 'fader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, ending, Folder, fader } from './support/command.ts'
import { asks, define, gives, storefront, storefrontPath } from './support/definition.ts'

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const folder = new Folder()

/** A program of somebody who has the package installed, and no other types of it than those generated. */
const program = `import { createClient, type Client, type Engine } from 'fader'
import { createFader } from 'fader/slim'

declare const client: Client
declare const engine: Engine
createClient({ url: '/' }).isOn('new-checkout')
void createFader
const isOn: boolean = client.isOn('new-checkout')
const variant: 'existing' | 'v1' | 'v2' | undefined = client.variant('search-ranking', 'existing')
const size: number = client.value('page-size', 20)
const ranking: string = client.value('search-ranking', 'existing')
const { title } = client.value('storefront-banner', { title: '', text: '', tone: '' })
const heading: string = title
const reason: string = engine.evaluate('dark-mode', {}).reason
for (const flag of engine.flags) void flag
export { heading, isOn, ranking, reason, size, variant }
`

const wrong: [string, string, RegExp][] = [
  ['a key that there never was', `client.isOn('new-chekout')`, /TS2345.*"new-chekout"/],
  ['a string that is no known key', 'client.outcome(String(1))', /TS2345.*'string'/],
  ['a string flag that is on or off', `client.isOn('search-ranking')`, /TS2345.*"search-ranking"/],
  ['a variant that there is not', `client.variant('search-ranking', 'v3')`, /TS2345.*"v3"/],
  ['a number flag with a string', `client.value('page-size', 'large')`, /TS2769/],
  ['an object of another shape', `client.value('storefront-banner', { title: 1 })`, /TS2769/],
  ['a variant compared with another', `if (client.variant('page-size') === 'huge') client.all()`, /TS2367/],
  ['an engine asked for what there is not', `engine.evaluate('nope', {})`, /TS2345.*"nope"/],
]

const config = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    // The package's own declarations must fit as well.
    skipLibCheck: false,
    types: [],
    lib: ['es2022', 'esnext.disposable', 'dom'],
  },
  include: ['*.ts'],
}

/** What the compiler says of the program, an error a line, without the folder in front. */
async function compile(): Promise<{ code: number | null; errors: string[] }> {
  const { code, said } = await ending(spawn(process.execPath, [tsc, '-p', folder.path]))
  const errors = said.split('\n').filter((line) => line.includes(': error TS'))
  return { code, errors: errors.map((line) => line.replace(/^\S*\//, '')) }
}

const generate = (definition: string): Promise<Ended> =>
  fader(['types', '-', '-o', folder.at('flags.d.ts')], definition)

/** A definition without one of its flags. */
function without(key: string): string {
  const definition = JSON.parse(storefront) as { flags: Record<string, unknown> }
  delete definition.flags[key]
  return JSON.stringify(definition)
}

beforeAll(() => {
  mkdirSync(folder.at('node_modules'))
  // Copied, so that nothing is found in the project's own node_modules.
  const js = fileURLToPath(new URL('../../js', import.meta.url))
  mkdirSync(folder.at('node_modules/fader'))
  for (const part of ['package.json', 'dist', 'generated']) {
    cpSync(`${js}/${part}`, folder.at(`node_modules/fader/${part}`), { recursive: true })
  }
  symlinkSync(fileURLToPath(new URL('../../node_modules/@types', import.meta.url)), folder.at('node_modules/@types'))
  folder.write('tsconfig.json', JSON.stringify(config))
  folder.write('package.json', '{ "type": "module" }')
})
afterAll(() => folder.remove())

describe('a program with the types of the storefront', () => {
  it('compiles as long as all flags are there, and no longer when one that it reads was removed', {
    timeout: 60_000,
  }, async () => {
    folder.write('program.ts', program)
    expect(await generate(storefront)).toMatchObject({ code: 0, said: '', errors: '' })
    expect(await compile()).toEqual({ code: 0, errors: [] })

    expect(await generate(without('dark-mode'))).toMatchObject({ code: 0 })
    const { code, errors } = await compile()
    const line = program.split('\n').findIndex((text) => text.includes("'dark-mode'")) + 1
    expect(errors[0]).toMatch(new RegExp(`^program\\.ts\\(${line},\\d+\\): error TS2345: .*"dark-mode"`))
    expect(errors).toHaveLength(1)
    expect(code).not.toBe(0)
  })

  it('is told of each wrong use, and of nothing else', { timeout: 60_000 }, async () => {
    await generate(storefront)
    const uses = wrong.map(([, use]) => use)
    const head = `import type { Client, Engine } from 'fader'\ndeclare const client: Client\ndeclare const engine: Engine\n`
    folder.write('program.ts', `${head}${uses.join('\n')}\n`)
    const { errors } = await compile()
    for (const [at, [what, , message]] of wrong.entries()) {
      expect(errors[at], what).toMatch(new RegExp(`^program\\.ts\\(${at + 4},`))
      expect(errors[at], what).toMatch(message)
    }
    expect(errors).toHaveLength(wrong.length)
  })

  it('may ask for any key where no types were generated', { timeout: 60_000 }, async () => {
    folder.write('flags.d.ts', '')
    folder.write(
      'program.ts',
      `import type { Client } from 'fader'
declare const client: Client
export const all: [boolean, string | undefined, number[]] = [client.isOn('a'), client.variant('b'), client.value('c', [1])]
`,
    )
    expect(await compile()).toEqual({ code: 0, errors: [] })
  })
})

describe('fader types', () => {
  it('writes to a file or to standard output, the same', async () => {
    const path = fileURLToPath(storefrontPath)
    const { code, said, errors } = await fader(['types', path])
    expect([code, errors]).toEqual([0, ''])
    expect(await fader(['types', path, '-o', folder.at('out.d.ts')])).toMatchObject({ code: 0, said: '' })
    expect(readFileSync(folder.at('out.d.ts'), 'utf8')).toBe(said)
    expect(said).toBe((await loadControl()).types(storefront))
    expect(said).toContain(`    'search-ranking': { type: string; variant: 'existing' | 'v1' | 'v2' }\n`)
  })

  it('--projection client leaves out what clients cannot evaluate', async () => {
    const definition = define({ shown: asks({ a: 1 }), hidden: { ...gives('string', 'x'), reveal: 'value' } })
    const { said } = await fader(['types', '-', '--projection', 'client'], definition)
    expect(said).toContain(`'shown'`)
    expect(said).not.toContain('hidden')
  })

  it('writes nothing for a definition with an issue', async () => {
    const definition = define({ wrong: { ...asks({ a: 1 }), safe: 'nope' } })
    const { code, said, errors } = await fader(['types', '-', '-o', folder.at('never.d.ts')], definition)
    expect([code, said]).toEqual([1, ''])
    expect(errors).toMatch(/flags\.wrong\.safe: .*\n.*\n-: 1 issue, so there are no types\n$/)
    expect(() => readFileSync(folder.at('never.d.ts'))).toThrow(/ENOENT/)
  })

  it.each([
    [['types'], /name a file/],
    [['types', 'a', 'b'], /one file at a time/],
    [['types', '-', '--projection', 'all'], /edge or client/],
    [['types', '-', '-o', folder.at('no/where')], /cannot be written: ENOENT/],
  ])('%j cannot be carried out', async (args, message) => {
    const { code, said, errors } = await fader(args, define({}))
    expect([code, said]).toEqual([2, ''])
    expect(errors).toMatch(message)
  })

  it('of what is no definition at all is refused by the package', async () => {
    const control = await loadControl()
    expect(() => control.types('[]')).toThrow(/no definition; validate says why/)
  })
})
