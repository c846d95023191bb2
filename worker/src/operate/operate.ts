import type { Call } from '../call.ts'
import { revisionsNamed } from '../etag.ts'
import { Problem } from '../problem.ts'
import type { Expected, Operation, Published, Request, Result } from './operation.ts'

/** Does an operation in the caller's name, and has this isolate adopt what came of it before it answers. */
export async function operate(
  call: Call,
  operation: Operation,
  more: Pick<Request, 'expected' | 'why'>,
): Promise<Response> {
  if (call.caller.kind !== 'admin') throw new Problem('right-missing', 'Only a person may do this.')
  const result = await call.services.store().operate({ operation, actor: call.caller.actor, ...more })
  if (result.kind !== 'published') throw refusal(result)
  await call.services.edge.refresh()
  const { kind: _, ...body } = result
  return Response.json(body, {
    headers: { etag: `"${result.revision}"`, 'cache-control': 'no-store', 'fader-revision': String(result.revision) },
  })
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

function refusal(result: Exclude<Result, Published>): Problem {
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
      return new Problem('key-reused', 'Use a new Idempotency-Key for a new request.')
    case 'unsigned':
      return new Problem('unsigned', 'Set the secret SIGNING_KEY: `fader keys new` makes one.')
  }
}
