import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Folder, fader } from './support/command.ts'
import { define, gives } from './support/definition.ts'
import { RemoteServer, TOKEN } from './support/remote.ts'

const KILL = 'POST /v1/admin/kill'
const PUT = 'PUT /v1/admin/definition'
const folder = new Folder()
const definition = define({ a: gives('boolean', true) })
let server: RemoteServer
let file: string

beforeAll(async () => {
  server = await RemoteServer.start()
  file = folder.write('definition.json', definition)
})
beforeEach(() =>
  server.reset({
    [KILL]: { body: { revision: 43 } },
    [PUT]: { body: { revision: 2, environment: 'test', flags: 1 } },
  }),
)
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const ask = (...args: string[]) => fader(args, '', server.surroundings)
const asked = () => server.asked[0]

describe('fader kill', () => {
  it('prints the new revision and how long it took', async () => {
    const { code, said } = await ask('kill', 'new-checkout')
    expect(code).toBe(0)
    expect(said).toMatch(/^revision 43: new-checkout is killed, in \d+ ms\n$/)
    expect(JSON.parse(asked()?.body ?? '')).toEqual({ flag: 'new-checkout' })
  })

  it('tells why when it is told', async () => {
    await ask('kill', 'a', '--why', 'orders fail')
    expect(JSON.parse(asked()?.body ?? '')).toEqual({ flag: 'a', why: 'orders fail' })
  })
})

describe('fader publish', () => {
  it.each([
    ['the revision that the definition has', [], '"1"'],
    ['the revision that is named', ['--if-revision', '41'], '"41"'],
    ['an empty store', ['--if-revision', '0'], '"0"'],
    ['whatever is there', ['--force'], '*'],
  ])('replaces %s', async (_, args, match) => {
    const { code, said } = await ask('publish', file, '--why', 'a lamp’s “price”', ...args)
    expect([code, said]).toEqual([0, 'revision 2 of test: 1 flag\n'])
    expect(asked()?.headers['if-match']).toBe(match)
    expect(decodeURIComponent(String(asked()?.headers['fader-reason']))).toBe('a lamp’s “price”')
    expect(asked()?.body).toBe(definition)
  })

  it('lists the issues, and ends with 1', async () => {
    const issues = [{ path: 'flags.a', message: 'it is no flag', mend: 'make it one' }]
    server.reset({ [PUT]: { status: 422, body: { title: 'The definition has issues', detail: 'One.', issues } } })
    const { code, errors } = await ask('publish', file, '--why', 'x')
    expect(code).toBe(1)
    expect(errors).toContain('flags.a: it is no flag\n  make it one\n')
    expect(errors).toContain('answered 422: The definition has issues. One.')
  })

  it.each([
    [['--why', ''], 'say why'],
    [[], 'say why'],
    [['--why', 'x', '--force', '--if-revision', '3'], 'exclude each other'],
    [['--why', 'x', '--if-revision', 'three'], 'is no revision'],
  ])('refuses %j without asking', async (args, words) => {
    const { code, errors } = await ask('publish', file, ...args)
    expect([code, server.asked]).toEqual([2, []])
    expect(errors).toContain(words)
  })

  it('asks for the revision when the definition has none', async () => {
    const bare = folder.write('bare.json', '{"format":1,"flags":{}}')
    expect((await ask('publish', bare, '--why', 'x')).errors).toContain('the definition has no revision')
  })
})

describe('a worker somewhere', () => {
  it.each([
    ['no address', [], { FADER_URL: '' }, '--url URL, or FADER_URL'],
    ['what is none', ['--url', 'flags.example.com'], {}, 'is no address'],
    ['a file', ['--url', 'file:///etc/passwd'], {}, 'is no address'],
    ['the clear', ['--url', 'http://flags.example.com'], {}, 'in the clear'],
    ['a password', ['--url', 'https://me:secret@flags.example.com'], {}, 'password'],
    ['no token', [], { FADER_TOKEN: '' }, 'FADER_TOKEN, or in --token-file'],
    ['no file of a token', ['--token-file', '/nowhere'], {}, 'cannot be read'],
    ['a token of two lines', [], { FADER_TOKEN: 'a\nb' }, 'no token has'],
  ])('is not asked with %s', async (_, args, env, words) => {
    const surroundings = { env: { ...server.surroundings.env, ...env } }
    const { code, errors } = await fader(['kill', 'a', ...args], '', surroundings)
    expect([code, server.asked]).toEqual([2, []])
    expect(errors).toContain(words)
    expect(errors).not.toContain('secret@')
  })

  it('has no option for the token itself', async () => {
    expect((await ask('kill', 'a', '--token', 'x')).code).toBe(2)
  })

  it('takes the token from a file, and from standard input', async () => {
    const tokenFile = folder.write('token', 'from-a-file\n')
    await ask('kill', 'a', '--token-file', tokenFile)
    await fader(['kill', 'a', '--token-file', '-'], 'from-input\n', server.surroundings)
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer from-a-file',
      'Bearer from-input',
    ])
  })

  it('says that nobody answers, with 2', async () => {
    const gone = await RemoteServer.start()
    const { surroundings, url } = gone
    await gone.stop()
    const { code, errors } = await fader(['kill', 'a'], '', surroundings)
    expect(code).toBe(2)
    expect(errors).toMatch(new RegExp(`^fader: ${url}/v1/admin/kill does not answer: .*ECONNREFUSED`))
  })

  it('does not take the token along to another place', async () => {
    const other = await RemoteServer.start()
    server.reset({ [KILL]: { status: 307, headers: { location: `${other.url}/v1/admin/kill` } } })
    const { code, errors } = await ask('kill', 'a')
    expect([code, other.asked]).toEqual([2, []])
    expect(errors).toContain(`sends to ${other.url}`)
    await other.stop()
  })

  it('shows what answers without a problem, such as a proxy, by its status', async () => {
    server.reset({ [KILL]: { status: 502, body: '<html>' } })
    const { code, errors } = await ask('kill', 'a')
    expect([code, errors]).toEqual([
      2,
      `fader: ${server.url}/v1/admin/kill answered 502: without a reason; is it a worker of Fader?\n`,
    ])
  })

  it('never repeats the token', async () => {
    server.reset({ [KILL]: { status: 401, body: { title: 'The token is not accepted' } } })
    const { said, errors } = await ask('kill', 'a')
    expect(said + errors).not.toContain(TOKEN)
  })
})
