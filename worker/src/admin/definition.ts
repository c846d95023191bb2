import { readBody } from '../body.ts'
import type { Call } from '../call.ts'
import { conditional } from '../etag.ts'
import { expectedRevisions, operate } from '../operate/operate.ts'
import { Problem } from '../problem.ts'

const MAX_DEFINITION_BYTES = 25 * 1024 * 1024

/** The definition as it is now. */
export async function read(call: Call): Promise<Response> {
  const current = await call.services.store().definition()
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
  return await operate(call, { kind: 'define', definition }, { expected, why: '' })
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
