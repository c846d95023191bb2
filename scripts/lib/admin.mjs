import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { local } from './paths.mjs'

export const tokenFile = join(local, 'admin-token')

/** What a worker and those who ask it have in common, and each thing that is made when it is not there yet. */
const made = {
  adminToken: ['admin-token', () => newToken('admin')],
  pageKey: ['page-key', () => newToken('client')],
  signingKey: ['signing-key.json', newSigningKey],
  cookieKeys: ['cookie-keys', () => `c1:${randomSecret()}`],
}

/** The keys of the local worker, made at the first call. Nobody else on the machine may read them. */
export function localKeys(folder = local) {
  mkdirSync(folder, { recursive: true })
  return Object.fromEntries(Object.entries(made).map(([name, [file, make]]) => [name, kept(join(folder, file), make)]))
}

/** Keys that nobody keeps, for a worker of a test. */
export const freshKeys = () => Object.fromEntries(Object.entries(made).map(([name, [, make]]) => [name, make()]))

function kept(file, make) {
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600, flag: 'wx' })
  return readFileSync(file, 'utf8').trim()
}

const randomSecret = () => randomBytes(32).toString('base64url')

const newToken = (kind) => `fader_${kind}_${randomSecret()}`

function newSigningKey() {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return JSON.stringify({ kty, crv, kid: `local-${randomBytes(2).toString('hex')}`, x, d })
}

/** What the worker is given instead of a token. */
const digestOf = (token) => createHash('sha256').update(token).digest('hex')

/** The variables by which a worker knows its keys. All but the page's are secrets. */
export const secretsOf = ({ adminToken, pageKey, signingKey, cookieKeys }) => ({
  ADMIN_TOKEN_DIGEST: digestOf(adminToken),
  SIGNING_KEY: signingKey,
  COOKIE_KEYS: cookieKeys,
  PAGE_KEY: pageKey,
})

/** The admin API of one worker. */
export function adminOf(url, { adminToken, pageKey }) {
  const authorization = `Bearer ${adminToken}`
  const ask = (path, { method = 'GET', headers = {}, body } = {}) =>
    fetch(`${url}/v1/admin/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body,
    })
  return {
    isEmpty: async () => (await ask('definition')).status === 404,
    /** Makes the key of the pages known. One that is known already stays. */
    grantPages: async () => {
      const wish = { kind: 'client', name: 'pages', digest: digestOf(pageKey) }
      const headers = { 'fader-reason': encodeURIComponent('the key of the pages that this worker serves') }
      const response = await ask('tokens', { method: 'POST', headers, body: JSON.stringify(wish) })
      if (!response.ok && response.status !== 409) throw await failureOf('The key of the pages was not taken', response)
      await response.body?.cancel()
    },
    /** Publishes over whatever is there. */
    publish: async (definition, why) => {
      const headers = { 'if-match': '*', 'fader-reason': encodeURIComponent(why) }
      const response = await ask('definition', { method: 'PUT', headers, body: definition })
      if (!response.ok) throw await failureOf('It was not published', response)
      return await response.json()
    },
  }
}

async function failureOf(what, response) {
  const { title = '', detail, issues = [] } = await response.json().catch(() => ({}))
  const lines = issues.map(({ path, message, mend }) => `${path}: ${message} ${mend}`)
  return new Failure(`${what}: ${response.status} ${title}`, { log: [detail, ...lines].filter(Boolean).join('\n') })
}
