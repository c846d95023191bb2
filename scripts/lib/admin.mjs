import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { local } from './paths.mjs'

export const tokenFile = join(local, 'admin-token')

/** The admin token of the local worker, made at the first call. Nobody else on the machine may read it. */
export function adminToken() {
  mkdirSync(local, { recursive: true })
  if (!existsSync(tokenFile)) writeFileSync(tokenFile, `${newToken()}\n`, { mode: 0o600, flag: 'wx' })
  return readFileSync(tokenFile, 'utf8').trim()
}

export const newToken = () => randomBytes(32).toString('base64url')

/** What the worker is given instead of the token. */
export const digestOf = (token) => createHash('sha256').update(token).digest('hex')

/** The admin API of one worker. */
export function adminOf(url, token) {
  const at = `${url}/v1/admin/definition`
  const authorization = `Bearer ${token}`
  return {
    isEmpty: async () => (await fetch(at, { headers: { authorization } })).status === 404,
    /** Publishes over whatever is there. */
    publish: async (definition) => {
      const headers = { authorization, 'content-type': 'application/json', 'if-match': '*' }
      const response = await fetch(at, { method: 'PUT', headers, body: definition })
      const body = await response.json()
      if (response.ok) return body
      const issues = (body.issues ?? []).map(({ path, message, mend }) => `${path}: ${message} ${mend}`)
      throw new Failure(`It was not published: ${response.status} ${body.title}`, {
        log: [body.detail, ...issues].filter(Boolean).join('\n'),
      })
    },
  }
}
