import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'

const folder = new Folder()
afterAll(() => folder.remove())
const inFolder = { cwd: folder.path }
const publicOf = (said: string) => JSON.parse(said).keys as Record<string, string>[]

describe('fader keys new', () => {
  it('writes the private key for its owner alone, and prints nothing but the public one', async () => {
    const file = folder.at('signing.json')
    const { code, said, errors } = await fader(['keys', 'new', '--id', 'k-1', '-o', file])
    const privateKey = JSON.parse(readFileSync(file, 'utf8'))
    expect(code).toBe(0)
    expect(Object.keys(privateKey)).toEqual(['kty', 'crv', 'kid', 'x', 'd'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { d, ...publicKey } = privateKey
    expect(publicOf(said)).toEqual([publicKey])
    expect(said + errors).not.toContain(d)
    const signature = sign(null, Buffer.from('x'), createPrivateKey({ key: privateKey, format: 'jwk' }))
    expect(verify(null, Buffer.from('x'), createPublicKey({ key: publicKey, format: 'jwk' }), signature)).toBe(true)
  })

  it('names a key by the date and four digits, and its file by that', async () => {
    const { code, said } = await fader(['keys', 'new'], '', inFolder)
    const [key] = publicOf(said)
    expect(code).toBe(0)
    expect(key?.kid).toMatch(/^k-\d{4}-\d\d-\d\d-[0-9a-f]{4}$/)
    expect(JSON.parse(readFileSync(folder.at(`${key?.kid}.json`), 'utf8'))).toMatchObject({ x: key?.x })
  })

  it('-o - gives the private key alone to whatever comes next, and the public one beside it', async () => {
    const { said, errors } = await fader(['keys', 'new', '--id', 'k-2', '-o', '-'])
    expect(JSON.parse(said)).toMatchObject({ kid: 'k-2', d: expect.any(String) })
    expect(publicOf(errors)[0]).toMatchObject({ kid: 'k-2', x: JSON.parse(said).x })
    expect(errors).not.toContain(JSON.parse(said).d)
  })

  it('never writes over a key', async () => {
    const file = folder.write('there.json', 'something')
    const { code, errors } = await fader(['keys', 'new', '-o', file])
    expect([code, errors]).toEqual([2, `fader: ${file} is there already, and a secret is never written over\n`])
    expect(readFileSync(file, 'utf8')).toBe('something')
  })

  it.each(['', 'a b', '../k', '-k', 'k\n'])('refuses the name %j', async (id) => {
    expect(await fader(['keys', 'new', `--id=${id}`], '', inFolder)).toMatchObject({ code: 2, said: '' })
  })
})

describe('fader keys public', () => {
  it('joins the keys of several files, private, public and sets, and leaves out what is private', async () => {
    const [old, next] = [folder.at('old.json'), folder.at('next.json')]
    await fader(['keys', 'new', '--id', 'old', '-o', old])
    const set = folder.write('next-set.json', (await fader(['keys', 'new', '--id', 'next', '-o', next])).said)
    const { code, said } = await fader(['keys', 'public', old, next, set])
    expect(code).toBe(0)
    expect(publicOf(said).map(({ kid }) => kid)).toEqual(['old', 'next'])
    for (const key of publicOf(said)) expect(Object.keys(key)).toEqual(['kty', 'crv', 'kid', 'x'])
  })

  it('refuses two keys of one name', async () => {
    const files = [folder.at('one.json'), folder.at('two.json')] as const
    for (const file of files) await fader(['keys', 'new', '--id', 'same', '-o', file])
    const { code, said, errors } = await fader(['keys', 'public', ...files])
    expect([code, said]).toEqual([2, ''])
    expect(errors).toContain('two keys are named same')
  })

  it.each([
    ['no JSON', '{"d": "very-secret'],
    ['another kind of key', '{"kty":"RSA","kid":"r","d":"very-secret"}'],
    ['a key without a name', '{"kty":"OKP","crv":"Ed25519","x":"x","d":"very-secret"}'],
    ['an empty set', '{"keys":[]}'],
  ])('refuses %s, and repeats nothing of it', async (_, content) => {
    const { code, said, errors } = await fader(['keys', 'public', '-'], content)
    expect([code, said]).toEqual([2, ''])
    expect(errors).not.toContain('very-secret')
  })
})

it('says what there is to do', async () => {
  expect((await fader(['keys'])).errors).toContain('`fader keys new`, `fader keys public`')
  expect((await fader(['keys', 'constructor'])).errors).toContain('there is no `fader keys constructor`')
  expect(await fader(['keys', 'new', '--help'])).toMatchObject({ code: 0, errors: '' })
})
