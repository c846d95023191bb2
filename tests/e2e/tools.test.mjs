import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { openStage } from './stage.mjs'

/** The commands that ask a worker, with a real one. */

let stage
let keySet
before(async () => {
  stage = await openStage({ browser: false })
  const { kty, crv, kid, x } = JSON.parse(stage.keys.signingKey)
  keySet = at('keys.json')
  writeFileSync(keySet, JSON.stringify({ keys: [{ kty, crv, kid, x }] }))
})
after(() => stage?.close())

const at = (name) => join(stage.state, name)

function fader(args, token = stage.token) {
  const env = { ...process.env, FADER_URL: stage.url, FADER_TOKEN: token }
  const child = spawn(process.execPath, [inRoot('js', 'dist', 'cli.js'), ...args], { env, timeout: 20_000 })
  const said = { out: '', errors: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.errors += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}

const storefrontFile = inRoot('examples', 'storefront.json')
const ask = (path, token) => fetch(`${stage.url}${path}`, { headers: { authorization: `Bearer ${token}` } })

async function newToken(...args) {
  const { code, out, errors } = await fader(['token', 'new', '--name', 'for a test', ...args])
  assert.equal(code, 0, errors)
  return { token: out.trim(), id: / id is (\S+)/.exec(errors)[1] }
}

test('no secret of the worker is in the arguments of any process', () => {
  const lines = execFileSync('ps', ['-axww', '-o', 'args='], { encoding: 'utf8' })
  assert.ok(lines.includes('secrets.env'))
  const { signingKey, cookieKeys, adminToken } = stage.keys
  for (const secret of [JSON.parse(signingKey).d, cookieKeys, adminToken]) assert.ok(!lines.includes(secret))
  assert.equal(statSync(at('secrets.env')).mode & 0o777, 0o600)
})

test('a token that is made here is good there, within bounds', async () => {
  const { token } = await newToken('--kind', 'client')
  assert.equal((await ask('/v1/snapshot/client', token)).status, 200)
  assert.equal((await ask('/v1/admin/definition', token)).status, 403)
})

test('a definition is published by whoever has the right, with a reason', async () => {
  const { code, out, errors } = await fader(['publish', storefrontFile, '--force', '--why', 'a lamp’s “price”'])
  assert.equal(code, 0, errors)
  const [newest] = await (await ask('/v1/admin/history', stage.token)).json()
  assert.match(out, new RegExp(`^revision ${newest.revision} of production: `))
  assert.equal(newest.why, 'a lamp’s “price”')
})

test('a definition that was made from an older revision is refused, and so is one with issues', async () => {
  const older = await fader(['publish', storefrontFile, '--if-revision', '0', '--why', 'x'])
  assert.equal(older.code, 1)
  assert.match(older.errors, /answered 412: The definition has changed meanwhile/)
  const wrong = at('wrong.json')
  writeFileSync(wrong, readFileSync(storefrontFile, 'utf8').replace('"safe": "existing"', '"safe": "existign"'))
  const { code, errors } = await fader(['publish', wrong, '--force', '--why', 'x'])
  assert.equal(code, 1)
  assert.match(errors, /flags\.search-ranking\.safe: [\s\S]*answered 422/)
})

test('a flag is killed, by a person who may do that and nothing more', async () => {
  const { token } = await newToken('--kind', 'admin', '--role', 'support')
  const { code, out, errors } = await fader(['kill', 'new-checkout', '--why', 'orders fail'], token)
  assert.equal(code, 0, errors)
  assert.match(out, /^revision \d+: new-checkout is killed, in \d+ ms\n$/)
  const refused = await fader(['publish', storefrontFile, '--force', '--why', 'x'], token)
  assert.equal(refused.code, 1)
  assert.match(refused.errors, /answered 403/)
})

test('a token is listed by its name, and ends when it is revoked', async () => {
  const { token, id } = await newToken('--kind', 'admin', '--role', 'viewer')
  assert.equal((await ask('/v1/admin/definition', token)).status, 200)
  assert.match((await fader(['token', 'list'])).out, new RegExp(`^${id}\tadmin viewer\tfor good\tfor a test$`, 'm'))
  const revoked = await fader(['token', 'revoke', id])
  assert.equal(revoked.code, 0, revoked.errors)
  assert.equal((await ask('/v1/admin/definition', token)).status, 401)
  assert.match((await fader(['token', 'list'])).out, new RegExp(`^${id}\tadmin viewer\trevoked `, 'm'))
})

test('a bundle is fetched, and verified by the key that signed it', async () => {
  const { token } = await newToken('--kind', 'edge')
  const { code, errors } = await fader(['bundle', '-o', at('bundle.bin'), '--keys', keySet], token)
  assert.equal(code, 0, errors)
  assert.match(errors, /revision \d+ of production, signed /)
})

test('the audit log is exported, and is as it was written until a letter of it is changed', async () => {
  const log = at('audit.jsonl')
  const exported = await fader(['audit', 'export', '-o', log])
  assert.equal(exported.code, 0, exported.errors)
  const verified = await fader(['audit', 'verify', log, '--keys', keySet])
  assert.equal(verified.code, 0, verified.out + verified.errors)
  assert.match(verified.out, /an unbroken chain, signed for production at /)
  const changed = readFileSync(log, 'utf8').replace('“price”', '“prices”')
  assert.notEqual(changed, readFileSync(log, 'utf8'))
  writeFileSync(log, changed)
  assert.equal((await fader(['audit', 'verify', log, '--keys', keySet])).code, 1)
})
