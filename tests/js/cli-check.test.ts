import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Finding, loadControl } from 'fader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'
import { asks, define, gives, storefront, storefrontPath } from './support/definition.ts'

const NOW = '2026-11-21T12:00:00Z'
const folder = new Folder()
const flags = { 'new-menu': asks({ a: 1 }), 'old.menu': asks({ a: 2 }), footer: asks({ a: 3 }) }
const taken = {
  ...asks({}),
  rules: [
    { id: 'all', serve: 'yes' },
    { id: 'rest', traffic: 5, serve: 'no' },
  ],
}

let plain: string

beforeAll(() => {
  plain = folder.write('plain.json', define(flags))
})
afterAll(() => folder.remove())

describe('fader check', () => {
  it('finds nothing in a plain definition, and ends with 0', async () => {
    expect(await fader(['check', plain])).toMatchObject({ code: 0, said: `${plain}: nothing found\n`, errors: '' })
  })

  it('lists each finding with its place, code, sentence and mend, and ends with 1', async () => {
    const { code, said, errors } = await fader(['check', '-'], define({ a: taken }))
    expect(
      said,
    ).toBe(`flags.a.rules[1]: warning unreachable: the rule \`rest\` is never reached: \`all\` decides before it for everybody
  put it before that rule, ask for more in that rule, or remove this one
flags.a.rules[1]: info no-effect: without the rule \`rest\` everybody whom it concerns gets \`no\` as well
  remove the rule, if its name in answers is not needed
flags.a: info constant: the flag gives \`yes\` to everybody
  keep it as a switch for trouble, or remove it and the code of the other variants
-: 1 warning, 2 infos
`)
    expect([code, errors]).toEqual([1, ''])
  })

  it('ends with 0 when there are infos alone, and with 1 when they are to count', async () => {
    const definition = define({ a: { ...gives('boolean', true), state: 'off' } })
    const { code, said } = await fader(['check', '-'], definition)
    expect(said).toMatch(/^flags\.a\.state: info off: .*\n {2}\S.*\n-: 0 warnings, 1 info\n$/)
    expect(code).toBe(0)
    expect(await fader(['check', '-', '--strict'], definition)).toMatchObject({ code: 1, said })
  })

  it('--json gives what the package gives', async () => {
    const path = fileURLToPath(storefrontPath)
    const { code, said } = await fader(['check', path, '--json', '--now', NOW])
    const findings = JSON.parse(said) as Finding[]
    expect(findings).toEqual((await loadControl()).check(storefront, { now: Date.parse(NOW) }))
    for (const finding of findings) {
      expect(Object.keys(finding)).toEqual(['code', 'level', 'path', 'message', 'mend'])
      for (const part of Object.values(finding)) expect(part).not.toBe('')
    }
    expect(code).toBe(1)
  })

  it('--now says what time it is', async () => {
    const ends = { ...asks({}), rules: [{ id: 'month', until: '2026-12-01T00:00:00Z', serve: 'yes' }] }
    const at = (now: string) => fader(['check', '-', '--now', now], define({ a: ends }))
    expect(await at('2026-11-30T23:59:59Z')).toMatchObject({ code: 0 })
    const { code, said } = await at('2026-12-01T00:00:00Z')
    expect(said).toContain('flags.a.rules[0]: warning over: the rule `month` was over on 2026-12-01T00:00:00Z\n')
    expect(code).toBe(1)
  })

  it('lists issues first, and looks no further', async () => {
    const { code, said, errors } = await fader(['check', '-'], define({ a: { ...taken, safe: 'nope' } }))
    expect([code, said]).toEqual([1, ''])
    expect(errors).toMatch(/^flags\.a\.safe: .*\n {2}\S.*\n-: 1 issue, which come first\n$/)
  })

  it.each([
    [['check'], /name a file/],
    [['check', 'a', 'b'], /one file at a time/],
    [['check', '-', '--now', 'soon'], /no instant/],
    [['check', '-', '--used', folder.at('missing')], /missing cannot be read: ENOENT/],
    [['check', '-', '--used'], /--used.*--help/],
  ])('%j cannot be carried out', async (args, message) => {
    const { code, said, errors } = await fader(args, define({}))
    expect(errors).toMatch(message)
    expect([code, said]).toEqual([2, ''])
  })

  it('of what is no definition at all is refused by the package', async () => {
    const control = await loadControl()
    expect(() => control.check('[]')).toThrow(/no definition; validate says why/)
  })
})

describe('fader check --used', () => {
  const unread = async (...used: string[]) => {
    const { said } = await fader(['check', plain, '--json', '--used', ...used])
    return (JSON.parse(said) as Finding[]).map(({ code, path }) => `${code} ${path}`)
  }
  let count = 0
  const write = (name: string, text: string) => {
    const path = folder.at(`sources-${count++}`)
    mkdirSync(path)
    const inside = name.split('/').slice(0, -1).join('/')
    mkdirSync(`${path}/${inside}`, { recursive: true })
    folder.write(`sources-${count - 1}/${name}`, text)
    return path
  }
  const all = ['unread flags.footer', 'unread flags.new-menu', 'unread flags["old.menu"]']

  it.each([
    ['app.ts', `client.isOn('new-menu'); client.isOn("old.menu", false); client.variant(\`footer\`)`],
    ['deep/er/app.vue', `<div v-if="isOn('new-menu')" flag="old.menu">{{ "footer" }}</div>`],
    ['main.go', `c.Bool("new-menu"); c.Bool("old.menu"); c.Bool("footer")`],
    // A mark may end one string and begin another.
    ['app.py', `x = ['new-menu','old.menu', 'it''footer']`],
  ])('finds keys in %s', async (name, text) => {
    expect(await unread(write(name, text))).toEqual([])
  })

  it.each([
    ['notes.txt', `'new-menu'`],
    ['node_modules/a/app.js', `'new-menu'`],
    ['dist/app.js', `'new-menu'`],
    ['.git/app.js', `'new-menu'`],
    ['app.js', `new-menu 'new-menu2' 'a new-menu' 'new-menu"`],
  ])('does not find them in %s', async (name, text) => {
    expect(await unread(write(name, text))).toEqual(all)
  })

  it('does not take the generated types for a program', async () => {
    const { said } = await fader(['types', plain])
    expect(said).toContain(`'new-menu'`)
    expect(await unread(write('flags.ts', said))).toEqual(all)
  })

  it('takes several files and folders, and files of any name', async () => {
    const one = write('app.ts', `'new-menu'`)
    const two = `${write('notes.txt', `'footer'`)}/notes.txt`
    expect(await unread(one, two)).toEqual(['unread flags["old.menu"]'])
    const { code, said } = await fader(['check', '--used', one, '--used', two, plain])
    expect(said).toContain('flags["old.menu"]: warning unread: nobody reads the flag `old.menu`\n')
    expect(code).toBe(1)
  })
})
