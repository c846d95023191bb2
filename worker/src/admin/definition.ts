import { readBody } from '../body.ts'
import type { Call } from '../call.ts'
import { conditional, revisionsNamed } from '../etag.ts'
import type { Expected, Published } from '../objects/flag-store.ts'
import { Problem } from '../problem.ts'

const MAX_DEFINITION_BYTES = 25 * 1024 * 1024

/** The definition as it is now. */
export async function read(call: Call): Promise<Response> {
  const current = await call.services.store().current()
  if (current === null) {
    throw new Problem('nothing-published', 'Publish a first definition with PUT and `If-Match: *`.')
  }
  return conditional(call.request, current.definition, `"${current.revision}"`, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'fader-revision': String(current.revision),
  })
}

/** Publishes the body as the next revision, and has this isolate adopt it before it answers. */
export async function publish(call: Call): Promise<Response> {
  const expected = expectedRevisions(call.request)
  const definition = await readBody(call.request, MAX_DEFINITION_BYTES)
  const outcome = await call.services.store().publish(definition, expected)
  if (outcome.kind !== 'published') throw refusal(outcome)
  await call.services.edge.refresh()
  const { kind: _, ...body } = outcome
  return Response.json(body, {
    headers: { etag: `"${outcome.revision}"`, 'cache-control': 'no-store', 'fader-revision': String(outcome.revision) },
  })
}

/** The revisions, newest first. `?before=` gives the page that ends before a revision. */
export async function history(call: Call): Promise<Response> {
  const before = new URL(call.request.url).searchParams.get('before')
  if (before !== null && !/^[1-9]\d{0,14}$/.test(before)) {
    throw new Problem('bad-request', '`before` takes a revision, such as `?before=42`.')
  }
  const entries = await call.services.store().history(before === null ? undefined : Number(before))
  return Response.json(entries, { headers: { 'cache-control': 'no-store' } })
}

/** Without If-Match two publishers would overwrite each other and never know. */
function expectedRevisions(request: Request): Expected {
  const header = request.headers.get('if-match')
  if (header !== null) return revisionsNamed(header)
  throw new Problem(
    'revision-needed',
    'Send If-Match with the ETag that you read, or with `*` to replace whatever is there.',
  )
}

function refusal(outcome: Exclude<Published, { kind: 'published' }>): Problem {
  switch (outcome.kind) {
    case 'mismatch': {
      const { revision } = outcome
      return new Problem('revision-mismatch', `The store is at revision ${revision}.`, {
        members: { revision },
        headers: { etag: `"${revision}"` },
      })
    }
    case 'invalid': {
      const { issues, issueCount } = outcome
      const detail = `Nothing was published, because of ${issueCount} issue${issueCount === 1 ? '' : 's'}.`
      return new Problem('definition-invalid', detail, { members: { issues, issueCount } })
    }
    case 'not-json':
      return new Problem('not-json', outcome.detail)
  }
}
