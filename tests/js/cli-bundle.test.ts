import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'
import { newSigner, RemoteServer } from './support/remote.ts'

const ROUTE = 'GET /v1/bundle'
const folder = new Folder()
const signer = newSigner('k-1')
const bytesOf = (text: string) => new TextEncoder().encode(text)
let server: RemoteServer
let keys: string

beforeAll(async () => {
  server = await RemoteServer.start()
  keys = folder.write('keys.json', JSON.stringify({ keys: [signer.key] }))
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

interface Made {
  readonly names?: readonly ('edge' | 'client' | 'reveal' | 'access')[]
  readonly said?: object
  /** What the part `access` says instead. */
  readonly saidOfAccess?: object
}

const MOMENT = { issued: Date.now(), expires: Date.now() + 60_000 }

async function bundle({ names = ['edge', 'client', 'reveal', 'access'], said = {}, saidOfAccess = {} }: Made = {}) {
  const parts = await Promise.all(
    names.map(async (name) => {
      const bytes = bytesOf(`the ${name} document`)
      const more = { ...MOMENT, ...said, ...(name === 'access' && saidOfAccess) }
      return { name, bytes, statement: await signer.statement(name, bytes, more) }
    }),
  )
  const table = bytesOf(
    JSON.stringify(parts.map(({ name, statement, bytes }) => ({ name, statement, length: bytes.length }))),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(table.length)
  return Buffer.concat([bytesOf('FADERB1\n'), length, table, ...parts.map(({ bytes }) => bytes)])
}

async function fetchBundle(body: Uint8Array, ...args: string[]) {
  server.reset({ [ROUTE]: { body } })
  const file = folder.at(`bundle-${Math.random()}.bin`)
  const ended = await fader(['bundle', '-o', file, ...args], '', server.surroundings)
  return { ...ended, written: existsSync(file) ? readFileSync(file) : undefined }
}

describe('fader bundle', () => {
  it('writes the bundle as it came, when it is signed by a key that is trusted', async () => {
    const body = await bundle()
    const { code, written, errors } = await fetchBundle(body, '--keys', keys)
    expect([code, written]).toEqual([0, body])
    expect(errors).toMatch(/revision 1 of test, signed \d{4}-.*, good until \d{4}-/)
  })

  it('says when it did not ask who signed', async () => {
    const { code, errors } = await fetchBundle(await bundle())
    expect(code).toBe(0)
    expect(errors).toContain('who signed it was not asked')
  })

  it('takes one of before the first revision, which has the tokens alone', async () => {
    const { code } = await fetchBundle(await bundle({ names: ['access'], said: { revision: 0 } }), '--keys', keys)
    expect(code).toBe(0)
  })

  const damaged = async (at: number) => {
    const body = await bundle()
    body[body.length - at] = (body.at(-at) ?? 0) ^ 1
    return body
  }
  const cases: [string, () => Promise<Uint8Array>, string][] = [
    ['a page', async () => bytesOf('<!doctype html>'), 'this is no bundle'],
    ['nothing', async () => bytesOf(''), 'this is no bundle'],
    ['one cut short', async () => (await bundle()).subarray(0, -1), 'the bundle is not whole'],
    ['one with more behind it', async () => Buffer.concat([await bundle(), bytesOf('x')]), 'the bundle is not whole'],
    ['one with a bit changed', () => damaged(3), 'the statement is about other bytes'],
    ['one with a part missing', () => bundle({ names: ['edge', 'access'] }), 'the bundle lacks a part'],
    [
      'parts of two moments',
      () => bundle({ saidOfAccess: { issued: 1 } }),
      'the parts of the bundle are not of one moment',
    ],
    [
      'parts of two revisions',
      () => bundle({ saidOfAccess: { revision: 2 } }),
      'the parts of the bundle are not of one moment',
    ],
    ['one that has expired', () => bundle({ said: { expires: 1 } }), 'its signature has expired'],
  ]
  it.each(cases)('does not write %s', async (_, make, words) => {
    const { code, errors, written } = await fetchBundle(await make(), '--keys', keys)
    expect([code, written]).toEqual([1, undefined])
    expect(errors).toContain(`nothing was written: ${words}`)
  })

  it('does not write one that another key signed', async () => {
    const others = folder.write('others.json', JSON.stringify({ keys: [newSigner('k-1').key] }))
    const { code, written } = await fetchBundle(await bundle(), '--keys', others)
    expect([code, written]).toEqual([1, undefined])
  })
})
