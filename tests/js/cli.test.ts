import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadEngine } from 'fader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Folder, fader, linesOf, shell } from './support/command.ts'
import { asks, compile, define, gives, storefrontPath } from './support/definition.ts'

const storefront = fileURLToPath(storefrontPath)
const folder = new Folder()
const flags = {
  swedish: asks({ country: 'SE' }),
  'hidden-from-clients': { ...gives('string', 'secret-value'), reveal: 'value' },
  'known-to-nobody': { ...asks({ 'secret-attribute': 'secret-operand' }), reveal: 'none' },
  november: {
    ...asks(undefined),
    rules: [{ id: 'month', from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', serve: 'yes' }],
  },
}
const broken = { ...flags, wrong: { type: 'number', variants: { a: 1 }, safe: 'b', colour: 'red' } }

let definition: string
let snapshot: string
let faulty: string

beforeAll(async () => {
  definition = folder.write('definition.json', define(flags))
  snapshot = folder.write('snapshot', await compile(define(flags)))
  faulty = folder.write('faulty.json', define(broken))
})
afterAll(() => folder.remove())

const evaluate = (...more: string[]) => fader(['eval', definition, ...more])
const sweden = ['--context', '{"userId": "u-1", "country": "SE"}']

describe('fader', () => {
  it.each([[['--help']], [['-h']], [['help']]])('%j prints the commands', async (args) => {
    const { code, said, errors } = await fader(args)
    for (const name of ['validate', 'compile', 'eval', 'schema']) expect(said).toContain(`fader ${name}`)
    expect([code, errors]).toEqual([0, ''])
  })

  it('alone prints the commands too, and ends with 2', async () => {
    const { code, said } = await fader([])
    expect([code, said.includes('fader validate')]).toEqual([2, true])
  })

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../js/package.json', import.meta.url), 'utf8'))
    expect(await fader(['--version'])).toMatchObject({ code: 0, said: `${version}\n` })
  })

  it.each(['validate', 'compile', 'eval'])('%s --help prints how it is used', async (name) => {
    const { code, said, errors } = await fader([name, '--help'])
    expect(said).toMatch(new RegExp(`^fader ${name} DEFINITION`))
    expect([code, errors]).toEqual([0, ''])
  })
})

describe('what cannot be carried out is said on standard error, with status 2', () => {
  const cases: [string, () => string[], RegExp][] = [
    ['an unknown command', () => ['deploy'], /no command `deploy`/],
    ['a command with the name of a method', () => ['toString'], /no command `toString`/],
    ['an unknown option', () => ['validate', definition, '--fast'], /--fast.*--help/],
    ['an option without its value', () => ['eval', definition, '--flag'], /--flag.*--help/],
    ['no file', () => ['validate'], /name a file/],
    ['two files', () => ['validate', definition, faulty], /one file at a time/],
    ['a missing file, validated', () => ['validate', folder.at('missing')], /missing cannot be read: ENOENT/],
    ['a missing file, compiled', () => ['compile', folder.at('missing'), '-o', '-'], /missing cannot be read/],
    ['a missing file, evaluated', () => ['eval', folder.at('missing'), '--all'], /missing cannot be read/],
    ['a folder', () => ['validate', folder.path], /cannot be read: EISDIR/],
    ['a snapshot, validated', () => ['validate', snapshot], /not text in UTF-8|not JSON/],
    ['no output', () => ['compile', definition], /-o FILE/],
    ['an output in no folder', () => ['compile', definition, '-o', folder.at('no/where')], /cannot be written: ENOENT/],
    ['an unknown projection', () => ['compile', definition, '-o', '-', '--projection', 'all'], /edge or client/],
    ['nothing to evaluate', () => ['eval', definition], /one of --flag KEY, --all and --batch FILE/],
    ['two things to evaluate', () => ['eval', definition, '--all', '--flag', 'a'], /one of --flag KEY/],
    ['a context that is not JSON', () => ['eval', definition, '--all', '--context', '{a: 1}'], /--context is not JSON/],
    ['an empty context', () => ['eval', definition, '--all', '--context', ''], /--context is not JSON/],
    ['a batch with a context', () => ['eval', definition, '--batch', '-', '--context', '{}'], /leave --context/],
    [
      'a batch to explain',
      () => ['eval', definition, '--batch', '-', '--explain'],
      /leave --context and --explain out/,
    ],
    ['a missing batch', () => ['eval', definition, '--batch', folder.at('missing')], /missing cannot be read: ENOENT/],
    ['standard input twice', () => ['eval', '-', '--batch', '-'], /name a file for one of them/],
    ['a page', () => ['eval', folder.write('page', '<html>'), '--all'], /neither a definition nor a snapshot/],
    [
      'random bytes',
      () => ['eval', folder.write('noise', noise(5_000)), '--all'],
      /neither a definition nor a snapshot/,
    ],
    ['no bytes', () => ['eval', folder.write('empty', ''), '--all'], /neither a definition nor a snapshot/],
    ['half a snapshot', () => ['eval', folder.write('half', half(snapshot)), '--all'], /changed on its way|cut short/],
    ['a snapshot alone by its letters', () => ['eval', folder.write('magic', 'FADR'), '--all'], /cut short/],
    ...['tomorrow', '2026-11-21', '2026-13-01T00:00:00Z', '2026-11-21T00:00:00', '', 'Infinity'].map(
      (time): [string, () => string[], RegExp] => [
        `the instant "${time}"`,
        () => ['eval', definition, '--all', '--now', time],
        /no instant; write 2026-/,
      ],
    ),
  ]

  it.concurrent.each(cases)('%s', async (_, args, message) => {
    const { code, said, errors } = await fader(args())
    expect(errors).toMatch(message)
    expect(errors.trimEnd().split('\n').at(-1)).toMatch(/^fader: /)
    expect(errors).not.toContain('    at ')
    expect([code, said]).toEqual([2, ''])
  })

  const half = (path: string) => readFileSync(path).subarray(0, statSync(path).size / 2)
  const noise = (length: number) => Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, 0x9e3779b1) >>> 24)
})

describe('fader validate', () => {
  it('finds no issues in the storefront', async () => {
    expect(await fader(['validate', storefront])).toMatchObject({
      code: 0,
      said: `${storefront}: no issues\n`,
      errors: '',
    })
  })

  it('lists each issue with its place and mend, and ends with 1', async () => {
    const { code, said, errors } = await fader(['validate', faulty])
    expect([code, errors]).toEqual([1, ''])
    expect(said).toContain('flags.wrong.colour: ')
    expect(said).toMatch(/flags\.wrong\.safe: there is no variant `b`\n {2}\S/)
    expect(said).toMatch(/: 2 issues\n$/)
  })

  it('--json gives them as an array, and nothing else', async () => {
    const { code, said, errors } = await fader(['validate', faulty, '--json'])
    const issues = JSON.parse(said) as { path: string; message: string; mend: string }[]
    expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['flags.wrong.colour', 'flags.wrong.safe']))
    for (const issue of issues) expect(Object.keys(issue)).toEqual(['path', 'message', 'mend'])
    expect([code, errors]).toEqual([1, ''])
  })

  it('--json gives an empty array where there are none', async () => {
    expect(await fader(['validate', definition, '--json'])).toMatchObject({ code: 0, said: '[]\n' })
  })

  it('takes what is no JSON for an issue', async () => {
    const { code, said } = await fader(['validate', '-'], '{"format": 1,')
    expect([code, said.endsWith('-: 1 issue\n')]).toEqual([1, true])
  })

  it('reads standard input, and forgives a byte order mark', async () => {
    expect(await fader(['validate', '-'], `\ufeff${define(flags)}`)).toMatchObject({ code: 0, said: '-: no issues\n' })
  })

  it('says that bytes which are no UTF-8 are none', async () => {
    const { code, errors } = await fader(['validate', '-'], Uint8Array.of(0x22, 0xff, 0x22))
    expect([code, errors]).toEqual([2, 'fader: - is not text in UTF-8; save it as such\n'])
  })
})

describe('fader compile', () => {
  it('writes the snapshot that an engine loads, and says how large it is', async () => {
    const path = folder.at('compiled')
    const { code, said, errors } = await fader(['compile', definition, '-o', path])
    expect([code, said]).toEqual([0, ''])
    expect(errors).toBe(`${path}: 4 flags, ${statSync(path).size} bytes\n`)
    expect(readFileSync(path)).toEqual(readFileSync(snapshot))
    expect((await loadEngine(readFileSync(path))).flags).toEqual(Object.keys(flags).sort())
  })

  it('writes to standard output, from standard input', async () => {
    const { code, out } = await fader(['compile', '-', '--output', '-'], define(flags))
    expect(code).toBe(0)
    expect(out).toEqual(readFileSync(snapshot))
  })

  it('--projection client leaves nothing of the flags that clients may not evaluate', async () => {
    const { code, out } = await fader(['compile', definition, '-o', '-', '--projection', 'client'])
    expect(code).toBe(0)
    expect((await loadEngine(out)).flags).toEqual(['november', 'swedish'])
    const secrets = ['hidden-from-clients', 'known-to-nobody', 'secret-value', 'secret-attribute', 'secret-operand']
    for (const secret of secrets) {
      expect(out.includes(secret)).toBe(false)
      expect(readFileSync(snapshot).includes(secret)).toBe(true)
    }
  })

  it('--projection client leaves no name of a hidden flag of the storefront', async () => {
    const { out } = await fader(['compile', storefront, '-o', '-', '--projection', 'client'])
    const all = JSON.parse(readFileSync(storefront, 'utf8')).flags as Record<string, { reveal?: string }>
    const hidden = Object.keys(all).filter((key) => all[key]?.reveal !== 'rule')
    expect(hidden.length).toBeGreaterThan(3)
    expect(hidden.filter((key) => out.includes(key))).toEqual([])
  })

  it('compiles nothing of a definition with an issue, and ends with 1', async () => {
    const path = folder.at('not-compiled')
    const { code, errors } = await fader(['compile', faulty, '-o', path])
    expect(code).toBe(1)
    expect(errors).toContain('flags.wrong.safe: ')
    expect(errors).toContain('nothing was compiled')
    expect(() => statSync(path)).toThrow('ENOENT')
  })
})

describe('fader eval', () => {
  it.each([
    ['a definition', () => definition],
    ['a snapshot', () => snapshot],
  ])('answers from %s', async (_, path) => {
    const { code, said, errors } = await fader(['eval', path(), '--flag', 'swedish', ...sweden])
    const answer = { flag: 'swedish', value: true, variant: 'yes', reason: 'TARGETING_MATCH', rule: 'asked' }
    expect([code, said, errors]).toEqual([0, `${JSON.stringify(answer)}\n`, ''])
  })

  it('answers for no context when none is given', async () => {
    expect(linesOf((await evaluate('--flag', 'swedish')).said)).toMatchObject([{ value: false, reason: 'DEFAULT' }])
  })

  it.each([
    ['an unknown flag', ['--flag', 'no-such-flag'], 'FLAG_NOT_FOUND'],
    ['a flag without a name', ['--flag', ''], 'FLAG_NOT_FOUND'],
    ['null for a context', ['--flag', 'swedish', '--context', 'null'], 'INVALID_CONTEXT'],
    ['a list for a context', ['--flag', 'swedish', '--context', '[]'], 'INVALID_CONTEXT'],
    ['null for a context, explained', ['--flag', 'swedish', '--explain', '--context', 'null'], 'INVALID_CONTEXT'],
    ['an unknown flag, explained', ['--flag', 'no-such-flag', '--explain'], 'FLAG_NOT_FOUND'],
  ])('answers %s with an error code, and ends with 0', async (_, args, errorCode) => {
    const { code, said } = await evaluate(...args)
    expect(linesOf(said)).toMatchObject([{ value: null, variant: null, reason: 'ERROR', errorCode }])
    expect(code).toBe(0)
  })

  it('--all answers for every flag, in the order of their keys', async () => {
    const { said } = await evaluate('--all', ...sweden)
    expect(linesOf(said).map(({ flag }) => flag)).toEqual(Object.keys(flags).sort())
  })

  it('--explain gives the steps as well', async () => {
    const { said } = await evaluate('--flag', 'swedish', ...sweden, '--explain')
    const steps = [{ step: 'rule', rule: 'asked', decided: true, tests: [{ held: true }] }]
    expect(linesOf(said)).toMatchObject([{ flag: 'swedish', value: true, rule: 'asked', steps }])
  })

  it('--all --explain gives the steps of every flag', async () => {
    const { said } = await evaluate('--all', '--explain', ...sweden)
    for (const { steps } of linesOf(said)) expect((steps as { decided: boolean }[]).at(-1)?.decided).toBe(true)
  })

  it.each([
    ['2026-10-31T23:59:59Z', false],
    ['2026-11-01T00:00:00Z', true],
    ['2026-11-01t02:00:00+02:00', true],
    ['2026-11-01T01:59:59.999+02:00', false],
    ['2026-11-30 23:59:59.999Z', true],
    [String(Date.UTC(2026, 10, 1)), true],
    [String(Date.UTC(2026, 11, 1)), false],
    ['0', false],
  ])('--now %s is the instant', async (time, expected) => {
    const { said } = await evaluate('--flag', 'november', '--now', time)
    expect(linesOf(said)).toMatchObject([{ value: expected }])
  })

  it('--now may be before 1970', async () => {
    expect(linesOf((await evaluate('--flag', 'november', '--now=-5')).said)).toMatchObject([{ value: false }])
  })

  it('answers PARSE_ERROR for a flag with an issue, tells the issue, and answers the others', async () => {
    const { code, said, errors } = await fader(['eval', faulty, '--all', ...sweden])
    expect(code).toBe(0)
    expect(errors).toContain('flags.wrong.safe: ')
    const answers = linesOf(said)
    expect(answers.find(({ flag }) => flag === 'wrong')).toMatchObject({ errorCode: 'PARSE_ERROR' })
    expect(answers.filter(({ reason }) => reason !== 'ERROR')).toHaveLength(4)
  })

  it('reads the definition from standard input', async () => {
    const { said } = await fader(['eval', '-', '--flag', 'swedish', ...sweden], define(flags))
    expect(linesOf(said)).toMatchObject([{ value: true }])
  })
})

describe('in a pipe', () => {
  it.each([
    ['eval --all', () => `fader eval ${storefront} --all --explain | head -1 | cut -c1-8`, '{"flag":\n'],
    ['validate', () => `fader validate ${faulty} | head -1 | cut -c1-11`, 'flags.wrong\n'],
    ['compile', () => `fader compile ${storefront} -o - 2>/dev/null | head -c 4`, 'FADR'],
    ['--help', () => 'fader eval --help | head -1 | cut -c1-10', 'fader eval\n'],
  ])('%s is quiet when its reader has seen enough', async (_, line, expected) => {
    expect(await shell(line())).toMatchObject({ said: expected, errors: '' })
  })

  it.runIf(process.platform === 'linux')('says when its output cannot be written, and ends with 2', async () => {
    const { code, errors } = await shell(`fader eval ${storefront} --all > /dev/full`)
    expect(errors).toMatch(/^fader: the output cannot be written: ENOSPC/)
    expect(code).toBe(2)
  })

  it('reads a definition that comes late and in parts', async () => {
    const line = `(head -c 100 ${storefront}; sleep 0.2; tail -c +101 ${storefront}) | fader validate -`
    expect(await shell(line)).toMatchObject({ code: 0, said: '-: no issues\n', errors: '' })
  })
})
