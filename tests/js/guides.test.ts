import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const guides = new URL('docs/guides/', root)
/** Within the project, so that packages are found as in any project that has them installed. */
const folder = new URL('tests/js/.guides/', root)

const names = readdirSync(guides)
/** The blocks of a language, in their order. */
const blocksOf = (name: string, language: RegExp) =>
  [...readFileSync(new URL(name, guides), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, found = '', text = '']) => (language.test(found) ? [{ language: found, text }] : []),
  )

const options = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  jsx: 'react-jsx',
  strict: true,
  checkJs: true,
  allowJs: true,
  noEmit: true,
  skipLibCheck: true,
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('package.json', folder), JSON.stringify({ type: 'module' }))
  writeFileSync(new URL('tsconfig.json', folder), JSON.stringify({ compilerOptions: options }))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the guides', () => {
  it('have programs that the compiler takes', async () => {
    let count = 0
    for (const name of names) {
      for (const [at, { language, text }] of blocksOf(name, /^(?:tsx?|js)$/).entries()) {
        // What only bundlers know is tried where they are.
        if (name === 'bundlers.md') continue
        writeFileSync(new URL(`${name.replace('.md', '')}-${at}.${language}`, folder), text)
        count += 1
      }
    }
    const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', root))
    const said = await promisify(execFile)(tsc, ['-p', fileURLToPath(folder)]).catch(({ stdout }) => ({ stdout }))
    expect(said.stdout).toBe('')
    expect(count).toBeGreaterThan(15)
  }, 60_000)

  it.each(names)('lead nowhere where there is nothing: %s', (name) => {
    const text = readFileSync(new URL(name, guides), 'utf8')
    const links = [...text.matchAll(/\]\(([\w./-]+\.md)(?:#[\w-]+)?\)/g)].map(([, to = '']) => new URL(to, guides))
    for (const link of links) expect(() => readFileSync(link), link.pathname).not.toThrow()
  })
})
