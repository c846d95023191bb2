import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'
import { newSigner, RemoteServer } from './support/remote.ts'

const HEAD = '/v1/admin/audit/head'
const PAGE = 2
const folder = new Folder()
const signer = newSigner('k-1')
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** A log as the store writes one. */
function chain(count: number): string[] {
  const texts: string[] = []
  for (let sequence = 1; sequence <= count; sequence++) {
    const last = texts.at(-1)
    const previous = last === undefined ? '0'.repeat(64) : hashOf(last)
    texts.push(JSON.stringify({ seq: sequence, previous, by: 'Ann', why: 'because' }))
  }
  return texts
}

const texts = chain(5)
const head = JSON.stringify({ length: 5, hash: hashOf(texts[4] ?? '') })
let server: RemoteServer
let keys: string
let log: string

beforeAll(async () => {
  server = await RemoteServer.start()
  keys = folder.write('keys.json', JSON.stringify({ keys: [signer.key] }))
  log = folder.at('log')
})
beforeEach(async () => {
  const statement = await signer.statement('audit', new TextEncoder().encode(head))
  // One entry more than the head tells of: it was written between the two questions.
  const all = chain(6)
  const pages = Object.fromEntries(
    [0, 2, 4, 6].map((after) => [
      `GET /v1/admin/audit?after=${after}`,
      {
        body: all
          .slice(after, after + PAGE)
          .map((text) => `${text}\n`)
          .join(''),
      },
    ]),
  )
  server.reset({ ...pages, [`GET ${HEAD}`]: { headers: { 'fader-signature': statement }, body: head } })
  expect(await fader(['audit', 'export', '-o', log], '', server.surroundings)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const verify = (lines: readonly string[], ...args: string[]) =>
  fader(['audit', 'verify', '-', ...args], lines.map((line) => `${line}\n`).join(''))
const exported = () => readFileSync(log, 'utf8').trimEnd().split('\n')

describe('fader audit export', () => {
  it('writes the entries as they were written, as far as the signed head goes, and then the head', () => {
    const lines = exported()
    expect(lines.slice(0, -1)).toEqual(texts)
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ head, statement: expect.any(String) })
    expect(server.asked.map(({ line }) => line)).toEqual([
      `GET ${HEAD}`,
      ...[0, 2, 4].map((after) => `GET /v1/admin/audit?after=${after}`),
    ])
  })

  it('says when there is no head yet', async () => {
    server.reset({ 'GET /v1/admin/audit?after=0': { body: '' } })
    const { code, errors } = await fader(['audit', 'export', '-o', '-'], '', server.surroundings)
    expect([code, errors]).toEqual([0, '-: 0 entries, and no head: nothing was signed yet\n'])
  })
})

describe('fader audit verify', () => {
  it('says that a log is as it was written, and by whom it was signed', async () => {
    const { code, said } = await fader(['audit', 'verify', log, '--keys', keys])
    expect(code).toBe(0)
    expect(said).toMatch(/log: 5 entries, an unbroken chain, signed for test at \d{4}-/)
  })

  it('says what it did not ask', async () => {
    expect((await fader(['audit', 'verify', log])).said).toContain('who signed it was not asked')
  })

  const swap = (lines: string[], at: number, change: (line: string) => string) =>
    lines.map((line, index) => (index === at ? change(line) : line))
  const cases: [string, (lines: string[]) => string[], string][] = [
    ['a word changed in entry 2', (l) => swap(l, 1, (line) => line.replace('Ann', 'Bob')), '-:3: '],
    ['a word changed in the last entry', (l) => swap(l, 4, (line) => line.replace('Ann', 'Bob')), '-:5: '],
    ['entry 3 taken out', (l) => l.filter((_, at) => at !== 2), '-:3: '],
    ['the first entry taken out', (l) => l.slice(1), '-:1: '],
    ['two entries in the other order', (l) => [0, 2, 1, 3, 4, 5].map((at) => l[at] ?? ''), '-:2: '],
    ['the last entry taken out', (l) => l.filter((_, at) => at !== 4), '-:5: '],
    ['something that is no entry', (l) => swap(l, 2, () => 'hello'), '-:3: '],
    ['a space that nobody sees', (l) => swap(l, 1, (line) => `${line} `), '-:3: '],
  ]
  it.each(cases)('names the first line that is wrong: %s', async (_, damage, place) => {
    const { code, said } = await verify(damage(exported()))
    expect([code, said.slice(0, place.length)]).toEqual([1, place])
  })

  it('is not deceived by a whole log written anew', async () => {
    const forged = chain(2).map((text) => text.replaceAll('Ann', 'Eve'))
    const [first = '', second = ''] = forged
    const next = second.replace(/"previous":"\w+"/, `"previous":"${hashOf(first)}"`)
    const forgedHead = JSON.stringify({ length: 2, hash: hashOf(next) })
    const { statement } = JSON.parse(exported().at(-1) ?? '') as { statement: string }
    const lines = [first, next, JSON.stringify({ head: forgedHead, statement })]
    expect(await verify(lines)).toMatchObject({ code: 0 })
    expect(await verify(lines, '--keys', keys)).toMatchObject({
      code: 1,
      said: '-:3: the statement is about other bytes\n',
    })
  })

  it('wants the head when it is to say who signed', async () => {
    const { code, said } = await verify(exported().slice(0, -1), '--keys', keys)
    expect([code, said]).toEqual([1, '-:5: the signed head is missing\n'])
  })

  it('trusts no other key', async () => {
    const others = folder.write('others.json', JSON.stringify({ keys: [newSigner('k-2').key] }))
    expect((await fader(['audit', 'verify', log, '--keys', others])).code).toBe(1)
  })
})
