import type { Issue } from 'fader'
import { type Fields, fieldsOf, textOf } from './fields.ts'

/** A call that came to nothing, in words for a person. */
export interface Failed {
  readonly kind: 'failed'
  readonly title: string
  readonly detail: string
}

/** The token is not, or no longer, accepted. */
export interface Denied {
  readonly kind: 'denied'
  readonly detail: string
}

export type Current =
  | { readonly kind: 'definition'; readonly revision: number; readonly text: string }
  | { readonly kind: 'empty' }

export type PublishOutcome =
  | { readonly kind: 'published'; readonly revision: number; readonly flags: number }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[]; readonly count: number }
  | { readonly kind: 'overtaken'; readonly revision: number }

export interface HistoryEntry {
  readonly revision: number
  readonly published: string
  readonly bytes: number
  readonly flags: number
  readonly by: string
  readonly why: string
}

export type History = { readonly kind: 'history'; readonly entries: readonly HistoryEntry[] }

/** The admin API with one token. Every method settles with what came of it, and none rejects. */
export interface Api {
  current(): Promise<Current | Denied | Failed>
  /** `base` is the revision that the text was made from; nothing is there before the first one. */
  publish(text: string, base: number | undefined, why: string): Promise<PublishOutcome | Denied | Failed>
  history(): Promise<History | Denied | Failed>
}

export function createApi(token: string): Api {
  return {
    current: () => call('definition', token, {}, readCurrent),
    publish: (text, base, why) => {
      const headers = {
        'content-type': 'application/json',
        'if-match': `"${base ?? 0}"`,
        // A header takes no letters beyond those of ASCII.
        'fader-reason': encodeURIComponent(why),
        'idempotency-key': crypto.randomUUID(),
      }
      return call('definition', token, { method: 'PUT', headers, body: text }, readPublished)
    },
    history: () => call('history', token, {}, readHistory),
  }
}

/** A header takes no other characters, so nothing else can be a token. */
const TOKEN = /^[\x21-\x7e]+$/

async function call<T>(
  name: string,
  token: string,
  init: RequestInit,
  read: (response: Response) => Promise<T | undefined>,
): Promise<T | Denied | Failed> {
  if (!TOKEN.test(token)) return { kind: 'denied', detail: 'A token has letters, digits and signs only.' }
  try {
    const headers = { ...init.headers, authorization: `Bearer ${token}` }
    const response = await fetch(`/v1/admin/${name}`, { ...init, headers, cache: 'no-store' })
    return (await read(response)) ?? (await refusal(response))
  } catch {
    return { kind: 'failed', title: 'The worker does not answer', detail: 'Is it still running?' }
  }
}

async function refusal(response: Response): Promise<Denied | Failed> {
  const { title, detail } = await body(response)
  if (response.status === 401) return { kind: 'denied', detail: textOf(detail, 'The token is not accepted.') }
  return { kind: 'failed', title: textOf(title, `The worker answered ${response.status}`), detail: textOf(detail) }
}

async function readCurrent(response: Response): Promise<Current | undefined> {
  if (response.status === 404) return { kind: 'empty' }
  if (!response.ok) return undefined
  const revision = Number(response.headers.get('etag')?.replace(/^(?:W\/)?"|"$/g, ''))
  const text = await response.text()
  JSON.parse(text)
  return Number.isInteger(revision) ? { kind: 'definition', revision, text } : undefined
}

async function readPublished(response: Response): Promise<PublishOutcome | undefined> {
  if (![200, 412, 422].includes(response.status)) return undefined
  const answer = await body(response)
  if (response.status === 412) return { kind: 'overtaken', revision: Number(answer.revision) }
  if (response.ok) return { kind: 'published', revision: Number(answer.revision), flags: Number(answer.flags) }
  const issues = listOf(answer.issues).map(issueOf)
  return { kind: 'invalid', issues, count: Math.max(issues.length, Number(answer.issueCount) || 0) }
}

async function readHistory(response: Response): Promise<History | undefined> {
  if (!response.ok) return undefined
  const entries = listOf(await response.json()).map((entry) => {
    const { revision, published, bytes, flags, by, why } = fieldsOf(entry)
    return {
      revision: Number(revision),
      published: textOf(published),
      bytes: Number(bytes),
      flags: Number(flags),
      by: textOf(by),
      why: textOf(why),
    }
  })
  return { kind: 'history', entries }
}

function issueOf(issue: unknown): Issue {
  const { path, message, mend } = fieldsOf(issue)
  return { path: textOf(path), message: textOf(message), mend: textOf(mend) }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A problem is JSON, but what stands between us and the worker may answer otherwise. */
async function body(response: Response): Promise<Fields> {
  return fieldsOf(await response.json().catch(() => undefined))
}
