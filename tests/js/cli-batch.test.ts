import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Engine, loadEngine } from 'fader'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { visitors } from '../../examples/visitors.mjs'
import { commandPath, type Ended, ending, Folder, fader, linesOf, shell } from './support/command.ts'
import { asks, compile, define, storefront, storefrontPath } from './support/definition.ts'

const NOW = '2026-11-21T12:00:00Z'
const folder = new Folder()
const flags = {
  swedish: asks({ country: 'SE' }),
  water: asks({ name: '水' }),
  november: { ...asks(undefined), rules: [{ id: 'month', from: '2026-11-01T00:00:00Z', serve: 'yes' }] },
}

let definition: string

beforeAll(() => {
  definition = folder.write('definition.json', define(flags))
})
afterAll(() => folder.remove())

const batch = (input: string | Uint8Array, ...more: string[]) =>
  fader(['eval', definition, '--batch', '-', ...more], input)

const asked = '{"flag": "swedish", "context": {"country": "SE"}}'
const yes = { flag: 'swedish', value: true, variant: 'yes', reason: 'TARGETING_MATCH', rule: 'asked' }
const no = { flag: 'swedish', value: false, variant: 'no', reason: 'DEFAULT' }

describe('each line of a batch is answered in its place', () => {
  const refused = (errorCode: string, message: string | RegExp, flag: string | null = null) => ({
    flag,
    value: null,
    variant: null,
    reason: 'ERROR',
    errorCode,
    errorMessage: expect.stringMatching(message),
  })
  const swedish = (rest: string) => `{"flag": "swedish", ${rest}}`
  const lines: [string, string, unknown][] = [
    ['a good one', asked, yes],
    ['half an object', '{"flag": "swedish"', refused('PARSE_ERROR', /^line 2 is not JSON: ./)],
    ['blank', '', refused('PARSE_ERROR', /^line 3 is not JSON/)],
    ['spaces', '   ', refused('PARSE_ERROR', /^line 4 is not JSON/)],
    ['spaces around an object', `  ${asked}\t`, yes],
    ['two objects', `${asked} ${asked}`, refused('PARSE_ERROR', /^line 6 is not JSON/)],
    ['null', 'null', refused('PARSE_ERROR', /^line 7 is no object; write {"flag": …/)],
    ['a text', '"swedish"', refused('PARSE_ERROR', /^line 8 is no object/)],
    ['a list', `[${asked}]`, refused('PARSE_ERROR', /^line 9 names no flag/)],
    ['no flag', '{"context": {}}', refused('PARSE_ERROR', /^line 10 names no flag/)],
    ['a flag that is no text', '{"flag": 7}', refused('PARSE_ERROR', /^line 11 names no flag/)],
    ['a flag in the prototype', `{"__proto__": ${asked}}`, refused('PARSE_ERROR', /^line 12 names no flag/)],
    ['an unknown flag', '{"flag": "nope"}', refused('FLAG_NOT_FOUND', /`nope`/, 'nope')],
    ['the name of a method', '{"flag": "toString"}', refused('FLAG_NOT_FOUND', /`toString`/, 'toString')],
    ['no context', '{"flag": "swedish"}', no],
    ['a context that is null', swedish('"context": null'), refused('INVALID_CONTEXT', /no object/, 'swedish')],
    ['a context that is a list', swedish('"context": []'), refused('INVALID_CONTEXT', /no object/, 'swedish')],
    [
      'a context that is too large',
      swedish(`"context": {"country": "${'x'.repeat(70_000)}"}`),
      refused('INVALID_CONTEXT', /65536 bytes/, 'swedish'),
    ],
    ['what nobody asked for', swedish('"context": {"country": "NO"}, "id": 7'), no],
    ['a byte order mark', `\ufeff${asked}`, refused('PARSE_ERROR', /^line 20 is not JSON/)],
    ['no instant', swedish('"now": "soon"'), refused('PARSE_ERROR', /^`now` in line 21 is no instant/, 'swedish')],
    ['null for an instant', swedish('"now": null'), refused('PARSE_ERROR', /no instant/, 'swedish')],
    ['text that is not ASCII', '{"flag": "water", "context": {"name": "水"}}', { ...yes, flag: 'water' }],
    ['the same, escaped', '{"flag": "water", "context": {"name": "\\u6c34"}}', { ...yes, flag: 'water' }],
    ['a good one again', asked, yes],
  ]
  const input = lines.map(([, line]) => line)
  const ended = {} as Record<'file' | 'standard input', Ended>

  beforeAll(async () => {
    const path = folder.write('batch.jsonl', `${input.join('\n')}\n`)
    ended.file = await fader(['eval', definition, '--batch', path])
    ended['standard input'] = await batch(`${input.join('\n')}\n`)
  })

  it.each(lines.map(([name], at) => [name, at] as const))('%s', (_, at) => {
    expect(linesOf(ended.file.said)[at]).toEqual(lines[at]?.[2])
  })

  it('and there are no more answers, no errors, and the status is 0', () => {
    expect(linesOf(ended.file.said)).toHaveLength(lines.length)
    expect([ended.file.code, ended.file.errors]).toEqual([0, ''])
    expect(ended['standard input']).toEqual(ended.file)
  })

  it('with ends of lines as Windows writes them', async () => {
    const { said } = await batch(`${input.join('\r\n')}\r\n`)
    expect(linesOf(said).map(({ errorCode }) => errorCode)).toEqual(
      linesOf(ended.file.said).map(({ errorCode }) => errorCode),
    )
  })

  it.each([
    ['without an end of the last line', asked, [yes]],
    ['with nothing in it', '', []],
    ['with only the end of a line', '\n', [refused('PARSE_ERROR', /^line 1 is not JSON/)]],
    ['with two ends of lines at the end', `${asked}\n\n`, [yes, refused('PARSE_ERROR', /^line 2 is not JSON/)]],
    ['with a byte order mark before all', `\ufeff${asked}\n`, [yes]],
    [
      'with bytes that are no UTF-8',
      Buffer.from(`${asked}\n"\xff"\n${asked}`, 'latin1'),
      [yes, expect.anything(), yes],
    ],
  ])('%s', async (_, input, expected) => {
    const { code, said } = await batch(input)
    expect(said === '' ? [] : linesOf(said)).toEqual(expected)
    expect(code).toBe(0)
  })
})

describe('the instant of a line', () => {
  const values = async (lines: string[], ...more: string[]) =>
    linesOf((await batch(lines.map((rest) => `{"flag": "november"${rest}}`).join('\n'), ...more)).said).map(
      ({ value }) => value,
    )

  it('is its own, or that of --now', async () => {
    const own = [', "now": "2026-10-31T00:00:00Z"', '', `, "now": ${Date.UTC(2026, 9, 31)}`, ', "now": "0"']
    expect(await values(own, '--now', NOW)).toEqual([false, true, false, false])
    expect(await values([...own, `, "now": "${NOW}"`], '--now', '0')).toEqual([false, false, false, false, true])
  })
})

describe('a large batch', () => {
  const COUNT = 20_000
  const MALFORMED = new Map([
    [1, '{'],
    [9_999, ''],
    [15_000, '[]'],
    [COUNT, 'nothing'],
  ])
  let path: string
  let expected: string[]

  beforeAll(async () => {
    const engine: Engine = await loadEngine(await compile(storefront))
    const now = Date.parse(NOW)
    let number = 0
    const lines: string[] = []
    expected = []
    for (const context of visitors({ seed: 5, count: COUNT })) {
      number += 1
      const flag = engine.flags[number % engine.flags.length] ?? ''
      const malformed = MALFORMED.get(number)
      lines.push(malformed ?? JSON.stringify({ flag, context }))
      expected.push(malformed === undefined ? JSON.stringify(engine.evaluate(flag, context, now)) : `line ${number} `)
    }
    path = folder.write('visitors.jsonl', lines.join('\n'))
  })

  function check(said: string): void {
    const answers = said.split('\n')
    expect(answers.pop()).toBe('')
    expect(answers).toHaveLength(COUNT)
    const wrong = answers.filter((answer, at) => {
      const wanted = expected[at] ?? ''
      return MALFORMED.has(at + 1) ? !JSON.parse(answer).errorMessage.startsWith(wanted) : answer !== wanted
    })
    expect(wrong).toEqual([])
  }

  const args = () => ['eval', fileURLToPath(storefrontPath), '--now', NOW, '--batch']

  it('is answered in order, line for line as the engine evaluates it', async () => {
    const { code, said, errors } = await fader([...args(), path])
    check(said)
    expect([code, errors]).toEqual([0, ''])
  })

  it('is answered whole when it comes through a pipe, to a reader that is slow', async () => {
    const child = spawn(process.execPath, [commandPath, ...args(), '-'], { timeout: 15_000 })
    child.stdout.on('data', () => {
      child.stdout.pause()
      setTimeout(() => child.stdout.resume(), 4)
    })
    const { code, said, errors } = await ending(child, readFileSync(path))
    check(said)
    expect([code, errors]).toEqual([0, ''])
  })

  it('ends quietly when its reader has seen enough', async () => {
    const { code, said, errors } = await shell(`fader ${args().join(' ')} ${path} | head -1`)
    expect(said.split('\n')).toHaveLength(2)
    expect([code, errors]).toEqual([0, ''])
  })

  it.runIf(process.platform === 'linux')('says when its output cannot be written, and ends with 2', async () => {
    const { code, errors } = await shell(`fader ${args().join(' ')} ${path} > /dev/full`)
    expect(errors).toBe('fader: the output cannot be written: ENOSPC: no space left on device, write\n')
    expect(code).toBe(2)
  })

  it('may have a line that is larger than all that is read at once', async () => {
    const long = JSON.stringify({ flag: 'swedish', context: { unread: '水'.repeat(1_000_000), country: 'SE' } })
    const { said } = await batch([asked, long, '{', asked].join('\n'))
    expect(linesOf(said)).toMatchObject([yes, yes, { errorMessage: expect.stringMatching(/^line 3 /) }, yes])
  })
})

describe('a batch that is written while it is answered', () => {
  let child: ChildProcessWithoutNullStreams
  let said: string

  function start(): void {
    said = ''
    child = spawn(process.execPath, [commandPath, 'eval', definition, '--batch', '-'], { timeout: 15_000 })
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
  }
  const answers = (count: number) =>
    vi.waitFor(() => expect(said.match(/\n/g)).toHaveLength(count), { interval: 2, timeout: 5_000 })
  const ended = () => new Promise((resolve) => child.on('close', resolve))

  it('has each answer before the next question', async () => {
    start()
    for (let count = 1; count <= 3; count++) {
      child.stdin.write(`${asked}\n`)
      await answers(count)
    }
    child.stdin.end()
    expect(await ended()).toBe(0)
    expect(linesOf(said)).toEqual([yes, yes, yes])
  })

  it('also after so many that all processors answer', async () => {
    start()
    const many = 40_000
    child.stdin.write(`${asked}\n`.repeat(many))
    await answers(many)
    for (let count = 1; count <= 3; count++) {
      child.stdin.write(`${asked}\n`)
      await answers(many + count)
    }
    child.stdin.end()
    expect(await ended()).toBe(0)
  })

  it('may be cut in the middle of a line, and of a character', async () => {
    start()
    const bytes = Buffer.from('{"flag": "water", "context": {"name": "水"}}\n')
    const middle = bytes.indexOf('水') + 1
    child.stdin.write(Buffer.concat([Buffer.from(`${asked}\n`), bytes.subarray(0, middle)]))
    await answers(1)
    child.stdin.end(bytes.subarray(middle))
    expect(await ended()).toBe(0)
    expect(linesOf(said)).toEqual([yes, { ...yes, flag: 'water' }])
  })
})
