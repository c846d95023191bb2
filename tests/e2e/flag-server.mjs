import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startWorker } from '../../scripts/lib/dev-worker.mjs'
import { environment } from '../../scripts/lib/environment.mjs'

const newToken = (kind) => `fader_${kind}_${randomBytes(32).toString('base64url')}`
const digestOf = (token) => createHash('sha256').update(token).digest('hex')

function newSigningKey() {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return JSON.stringify({ kty, crv, kid: 'test-1', x, d })
}

/** Starts the real worker with a store and tokens of its own, and without a browser. */
export async function openFlagServer({ variables = {} } = {}) {
  const state = mkdtempSync(join(tmpdir(), 'fader-flags-'))
  const admin = newToken('admin')
  const secrets = { ADMIN_TOKEN_DIGEST: digestOf(admin), SIGNING_KEY: newSigningKey() }
  const port = await freePort(20_000 + (process.pid % 12_000))
  const worker = await startWorker({ env: environment(), port, state, secrets: { ...secrets, ...variables } })

  async function change(method, path, body, headers = {}) {
    const response = await fetch(`${worker.url}/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return await response.json()
  }

  return {
    url: worker.url,
    /** Makes a token of a kind and has the worker know it. */
    async grant(kind, more = {}) {
      const token = newToken(kind)
      await change('POST', 'tokens', { kind, name: 'tests', digest: digestOf(token), ...more })
      return token
    },
    publish: (definition) =>
      change('PUT', 'definition', definition, { 'if-match': '*', 'fader-reason': encodeURIComponent('for a test') }),
    async close() {
      await worker.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
