import type { HistoryEntry } from '../../worker/src/operate/operation.ts'
import { env, type Isolate } from './isolate.ts'

/** A flag as somebody writes it, with everything that operations are about. */
export const RANKING = `{
  "type": "string", "reveal": "value",
  "variants": { "existing": "existing", "v1": "v1", "v2": "v2" },
  "safe": "existing",
  "overrides": { "v1": ["u-1", "u-2"], "v2": ["u-3", 7] },
  "rules": [
    { "id": "staff", "where": { "segment": "staff" }, "serve": "v2" },
    { "traffic": 20,   "split": { "v1": 50, "v2": 50 } },
    { "id": "public", "split": { "existing": 50, "v1": 25, "v2": 25 } }
  ],
  "ramp": {
    "rule": "public",
    "stages": [{ "segment": "staff" }, { "percent": 5 }, { "percent": 100.0 }],
    "stage": 0,
    "since": "2026-11-20T08:00:00Z"
  }
}`

/** A switch of a few words, beside it. */
export const SWITCH =
  '{ "type": "boolean", "reveal": "value", "variants": { "on": true, "off": false }, "safe": "off", "otherwise": "on" }'

export const SHOP = `{
  "format": 1,
  "segments": { "staff": { "include": ["u-9"] } },
  "flags": {
    "ranking": ${RANKING},
    "switch": ${SWITCH}
  }
}`

interface Answer {
  readonly revision: number
  readonly changed: boolean
  readonly changes: readonly { what: string }[]
  readonly detail: string
  readonly type: string
  readonly issues: readonly { path: string }[]
}

/** Posts an operation, and gives what came of it. */
export async function post(on: Isolate, name: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await on.admin(`/v1/admin/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json<Answer>() }
}

export async function history(): Promise<HistoryEntry[]> {
  return await env.FLAG_STORE.getByName('production').history()
}

export async function definition(on: Isolate): Promise<string> {
  return await (await on.admin('/v1/admin/definition')).text()
}

export const why = 'a test'
