import type { Actor } from '../access/token.ts'
import type { Call } from '../call.ts'
import { revisionsNamed } from '../etag.ts'
import { Problem } from '../problem.ts'
import type { Expected, Operation, Refused } from './operation.ts'

/** Does an operation in the caller's name, and has this isolate adopt what came of it before it answers. */
export async function operate(
  call: Call,
  operation: Operation,
  { why, expected = expectedIfSaid(call.request) }: { readonly why: string; readonly expected?: Expected },
): Promise<Response> {
  const asked = { operation, actor: actorOf(call), why, expected, ...idempotencyOf(call.request) }
  const result = await call.services.store().operate(asked)
  if (result.kind !== 'published' && result.kind !== 'unchanged') throw refusal(result)
  await call.services.edge.refresh()
  const { kind, replayed, ...body } = result
  const { revision } = body
  return answerOf({ ...body, changed: kind === 'published' }, replayed, {
    etag: `"${revision}"`,
    'fader-revision': String(revision),
  })
}

/** JSON that nobody keeps. An answer that was given before says so. */
export function answerOf(
  body: unknown,
  replayed: true | undefined,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const replay: Record<string, string> = replayed === true ? { 'idempotency-replayed': 'true' } : {}
  return Response.json(body, { headers: { 'cache-control': 'no-store', ...headers, ...replay } })
}

/** The person who asks. */
export function actorOf({ caller }: Call): Actor {
  if (caller.kind === 'admin') return caller.actor
  throw new Problem('right-missing', 'Only a person may do this.')
}

/** The key that tells a request that is sent again from another one. */
export function idempotencyOf(request: globalThis.Request): { readonly idempotencyKey?: string } {
  const key = request.headers.get('idempotency-key')
  if (key === null) return {}
  if (IDEMPOTENCY_KEY.test(key)) return { idempotencyKey: key }
  throw new Problem('bad-request', 'An Idempotency-Key has 1 to 128 letters, digits and signs of ASCII.')
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/

function expectedIfSaid(request: globalThis.Request): Expected {
  return request.headers.has('if-match') ? expectedRevisions(request) : 'any'
}

/** Without If-Match two publishers would overwrite each other and never know. */
export function expectedRevisions(request: globalThis.Request): Expected {
  const header = request.headers.get('if-match')
  if (header !== null) return revisionsNamed(header)
  throw new Problem(
    'revision-needed',
    'Send If-Match with the ETag that you read, or with `*` to replace whatever is there.',
  )
}

/** Tells why something was not done. */
export function refusal(result: Refused): Problem {
  switch (result.kind) {
    case 'mismatch': {
      const { revision } = result
      return new Problem('revision-mismatch', `The store is at revision ${revision}.`, {
        members: { revision },
        headers: { etag: `"${revision}"` },
      })
    }
    case 'invalid': {
      const { issues, issueCount } = result
      const detail = `Nothing was published, because of ${issueCount} issue${issueCount === 1 ? '' : 's'}.`
      return new Problem('definition-invalid', detail, { members: { issues, issueCount } })
    }
    case 'not-json':
      return new Problem('not-json', result.detail)
    case 'forbidden':
      return new Problem('right-missing', result.detail)
    case 'not-there':
      return new Problem('flag-not-there', result.detail)
    case 'key-reused':
      return keyReused()
    case 'unsigned':
      return unsigned()
  }
}

export function keyReused(): Problem {
  return new Problem('key-reused', 'Use a new Idempotency-Key for a new request.')
}

export function unsigned(): Problem {
  return new Problem('unsigned', 'Set the secret SIGNING_KEY: `fader keys new` makes one.')
}
