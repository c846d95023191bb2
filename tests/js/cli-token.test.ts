import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'
import { RemoteServer, TOKEN } from './support/remote.ts'

const ROUTE = '/v1/admin/tokens'
const DAY_MS = 86_400_000
const folder = new Folder()
let server: RemoteServer

beforeAll(async () => {
  server = await RemoteServer.start()
})
beforeEach(() => server.reset({ [`POST ${ROUTE}`]: { body: { id: 't-1' } } }))
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const digestOf = (token: string) => createHash('sha256').update(token).digest('hex')
const make = (...args: string[]) => fader(['token', 'new', ...args], '', server.surroundings)
const sent = () => JSON.parse(server.asked[0]?.body ?? 'null')

describe('fader token new', () => {
  it('prints the token once, and sends nothing but its digest', async () => {
    const { code, said, errors } = await make('--kind', 'edge', '--name', 'the edges')
    const token = said.trim()
    expect([code, errors]).toEqual([0, 'the edges: a new edge token, shown this once; its id is t-1\n'])
    expect(token).toMatch(/^fader_edge_[\w-]{43}$/)
    expect(sent()).toEqual({ kind: 'edge', name: 'the edges', digest: digestOf(token) })
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(JSON.stringify(server.asked)).not.toContain(token)
  })

  it.each([
    [
      'an owner of a team, within bounds',
      ['--kind', 'admin', '--role', 'owner', '--team', 'team-web', '--prefix', 'web.', '--max-share', '12.5'],
      { kind: 'admin', role: 'owner', scope: { team: 'team-web', flagPrefix: 'web.', maxShare: 12.5 } },
    ],
    ['a viewer of everything', ['--kind', 'admin', '--role', 'viewer'], { kind: 'admin', role: 'viewer' }],
    [
      'a client of two origins',
      ['--kind', 'client', '--origin', 'https://a.example', '--origin', 'http://localhost:3000'],
      { kind: 'client', origins: ['https://a.example', 'http://localhost:3000'] },
    ],
    [
      'a client until a date',
      ['--kind', 'client', '--expires', '2999-01-31'],
      { kind: 'client', expires: Date.UTC(2999, 0, 31) },
    ],
  ])('asks for %s', async (_, args, wish) => {
    expect(await make('--name', 'n', ...args)).toMatchObject({ code: 0 })
    expect(sent()).toEqual({ name: 'n', digest: expect.stringMatching(/^[0-9a-f]{64}$/), ...wish })
  })

  it('counts days from now', async () => {
    await make('--kind', 'edge', '--name', 'n', '--expires', '90d')
    expect(Math.abs(sent().expires - Date.now() - 90 * DAY_MS)).toBeLessThan(60_000)
  })

  it.each([
    [['--name', 'n'], '--kind is one of client, edge, admin'],
    [['--kind', 'root', '--name', 'n'], '--kind is one of'],
    [['--kind', 'edge'], '--name NAME'],
    [['--kind', 'edge', '--name', ' '], '--name NAME'],
    [['--kind', 'admin', '--name', 'n'], '--role is one of'],
    [['--kind', 'admin', '--name', 'n', '--role', 'owner'], '--team T'],
    [['--kind', 'edge', '--name', 'n', '--role', 'viewer'], '--role is for tokens of kind admin'],
    [['--kind', 'admin', '--name', 'n', '--role', 'viewer', '--origin', 'https://a.example'], 'of kind client'],
    [['--kind', 'client', '--name', 'n', '--origin', 'https://a.example/shop'], 'is no origin'],
    [['--kind', 'client', '--name', 'n', '--origin', '*'], 'is no origin'],
    [['--kind', 'admin', '--name', 'n', '--role', 'viewer', '--max-share', '101'], 'no percentage'],
    [['--kind', 'admin', '--name', 'n', '--role', 'viewer', '--max-share='], 'no percentage'],
    [['--kind', 'edge', '--name', 'n', '--expires', 'soon'], 'is no time'],
    [['--kind', 'edge', '--name', 'n', '--expires', '90'], 'is no time'],
    [['--kind', 'edge', '--name', 'n', '--expires', '2020-01-01'], 'is past'],
    [['--kind', 'edge', '--name', 'n', '--expires', '0d'], 'is past'],
  ])('refuses %j, and makes nothing', async (args, words) => {
    const { code, said, errors } = await make(...args)
    expect([code, said]).toEqual([2, ''])
    expect(errors).toContain(words)
    expect(server.asked).toEqual([])
  })

  it('--offline asks nobody, and prints the digest for the configuration', async () => {
    const { code, said } = await fader(
      ['token', 'new', '--kind', 'admin', '--role', 'admin', '--name', 'root', '--offline'],
      '',
      { env: { FADER_URL: '', FADER_TOKEN: '' } },
    )
    const [token = '', digest, rest] = said.split('\n')
    expect([code, digest, rest]).toEqual([0, digestOf(token), ''])
  })

  it('shows no token that was not registered', async () => {
    server.reset({
      [`POST ${ROUTE}`]: {
        status: 403,
        body: { title: 'This token may not do that', detail: 'The role viewer may not.' },
      },
    })
    const { code, said, errors } = await make('--kind', 'edge', '--name', 'n')
    expect([code, said]).toEqual([1, ''])
    expect(errors).toBe(
      `fader: ${server.url}${ROUTE} answered 403: This token may not do that. The role viewer may not.\n`,
    )
  })
})

describe('fader token list and revoke', () => {
  it('lists tokens by id, kind, end and name, and lets no name command the terminal', async () => {
    const listed = [
      { id: 'a', kind: 'admin', role: 'viewer', name: 'Ann' },
      { id: 'b', kind: 'edge', name: 'e\u001b[2J', expires: Date.UTC(2020, 0, 1) },
      { id: 'c', kind: 'client', name: 'shop', expires: Date.UTC(2999, 0, 1) },
      { id: 'd', kind: 'client', name: 'gone', revoked: Date.UTC(2026, 0, 1) },
    ]
    server.reset({ [`GET ${ROUTE}`]: { body: listed } })
    const { said } = await fader(['token', 'list'], '', server.surroundings)
    expect(said.split('\n')).toEqual([
      'a\tadmin viewer\tfor good\tAnn',
      'b\tedge\texpired 2020-01-01\te\uFFFD[2J',
      'c\tclient\tuntil 2999-01-01\tshop',
      'd\tclient\trevoked 2026-01-01\tgone',
      '',
    ])
    const { said: json } = await fader(['token', 'list', '--json'], '', server.surroundings)
    expect(JSON.parse(json)).toEqual(listed)
  })

  it('revokes by id, and says why', async () => {
    server.reset({ [`DELETE ${ROUTE}/a%2Fb`]: { body: {} } })
    expect(await fader(['token', 'revoke', 'a/b', '--why', 'lost – sorry'], '', server.surroundings)).toMatchObject({
      code: 0,
      said: 'a/b is revoked\n',
    })
    expect(server.asked[0]?.headers['fader-reason']).toBe('lost%20%E2%80%93%20sorry')
  })

  it('takes no token for an id, which would put it into logs', async () => {
    const { code, errors } = await fader(['token', 'revoke', 'fader_edge_abc'], '', server.surroundings)
    expect([code, server.asked]).toEqual([2, []])
    expect(errors).not.toContain('fader_edge_abc')
  })
})
