import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fader } from './support/command.ts'
import { RemoteServer, TOKEN } from './support/remote.ts'

const PREVIEW = 'POST /v1/admin/preview'
const expires = Date.UTC(2026, 10, 21, 13)
let server: RemoteServer

beforeAll(async () => {
  server = await RemoteServer.start()
})
beforeEach(() => server.reset({ [PREVIEW]: { body: { preview: 'a.b.c', query: 'fader-preview=a.b.c', expires } } }))
afterAll(() => server.stop())

const ask = (...args: string[]) => fader(['preview', ...args], '', server.surroundings)

describe('fader preview', () => {
  it('prints what to put behind an address, and nothing else on standard output', async () => {
    const { code, said, errors } = await ask('search=v2', 'team/banner=on', '--why', 'she calls')
    expect([code, said, errors]).toEqual([0, 'fader-preview=a.b.c\n', 'it is good until 2026-11-21T13:00:00.000Z\n'])
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      answers: { search: 'v2', 'team/banner': 'on' },
      why: 'she calls',
    })
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
  })

  it('says for how long', async () => {
    await ask('search=v2', '--minutes', '1440', '--why', 'x')
    expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({ minutes: 1440 })
  })

  it.each([
    [['--why', 'x'], 'name a flag and its variant'],
    [['search', '--why', 'x'], 'search is no flag and variant'],
    [['search=', '--why', 'x'], 'is no flag and variant'],
    [['=v2', '--why', 'x'], 'is no flag and variant'],
    [['a=b=c', '--why', 'x'], 'is no flag and variant'],
    [['a=b', 'a=c', '--why', 'x'], 'a stands there twice'],
    [['a=b'], 'say why'],
    [['a=b', '--why', ' '], 'say why'],
    [['a=b', '--why', 'x', '--minutes', '0'], 'no whole number from 1 to 1440'],
    [['a=b', '--why', 'x', '--minutes', '1441'], 'no whole number from 1 to 1440'],
    [['a=b', '--why', 'x', '--minutes', '1h'], 'no whole number from 1 to 1440'],
  ])('refuses %j without asking', async (args, words) => {
    const { code, errors } = await ask(...args)
    expect([code, server.asked]).toEqual([2, []])
    expect(errors).toContain(words)
  })

  it('says why the worker refuses, with 1', async () => {
    const body = { title: 'There is no such thing in the definition', detail: 'There is no flag `a`.' }
    server.reset({ [PREVIEW]: { status: 404, body } })
    const { code, said, errors } = await ask('a=b', '--why', 'x')
    expect([code, said]).toEqual([1, ''])
    expect(errors).toContain('There is no flag `a`.')
  })
})
