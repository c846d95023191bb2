import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freshKeys, localKeys, secretsOf } from '../../scripts/lib/admin.mjs'

const folder = mkdtempSync(join(tmpdir(), 'fader-keys-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('keys are made once, and only their owner may read them', () => {
  const keys = localKeys(folder)
  assert.deepEqual(localKeys(folder), keys)
  assert.equal(readdirSync(folder).length, 4)
  for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
  assert.match(keys.adminToken, /^fader_admin_[\w-]{43}$/)
  assert.match(keys.pageKey, /^fader_client_[\w-]{43}$/)
  assert.match(keys.cookieKeys, /^c1:[\w-]{43}$/)
  assert.deepEqual(Object.keys(JSON.parse(keys.signingKey)), ['kty', 'crv', 'kid', 'x', 'd'])
})

test('a token that was there before goes on', () => {
  writeFileSync(join(folder, 'admin-token'), 'an-earlier-token\n')
  assert.equal(localKeys(folder).adminToken, 'an-earlier-token')
})

test('no two workers of tests have a key in common', () => {
  const [one, other] = [freshKeys(), freshKeys()]
  for (const name of Object.keys(one)) assert.notEqual(one[name], other[name], name)
})

test('the worker is given the digest of the admin token, and never the token', () => {
  const keys = freshKeys()
  const secrets = secretsOf(keys)
  assert.match(secrets.ADMIN_TOKEN_DIGEST, /^[0-9a-f]{64}$/)
  assert.ok(!JSON.stringify(secrets).includes(keys.adminToken))
  // They are written between single quotes, a line each.
  for (const value of Object.values(secrets)) assert.doesNotMatch(value, /['\n$\\]/)
})
