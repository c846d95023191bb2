import { readBody } from '../body.ts'
import type { Call } from '../call.ts'
import { conditional } from '../etag.ts'
import { expectedRevisions, operate } from '../operate/operate.ts'
import { Problem } from '../problem.ts'
import { number, readMembers, reason, reasonNeeded, reasonOf } from './members.ts'

const MAX_DEFINITION_BYTES = 25 * 1024 * 1024

/** The definition as it is now, or as it was at a revision. */
export async function read(call: Call): Promise<Response> {
  const asked = revisionAsked(call.request, 'revision')
  const found = await call.services.store().definition(asked)
  if (found === null && asked !== undefined) throw new Problem('not-found', `There is no revision ${asked}.`)
  if (found === null) throw new Problem('nothing-published', 'Publish a first definition with PUT and `If-Match: *`.')
  return conditional(call.request, found.definition, `"${found.revision}"`, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'fader-revision': String(found.revision),
  })
}

/** Publishes the body as the next revision, and has this isolate adopt it before it answers. */
export async function publish(call: Call): Promise<Response> {
  const { request } = call
  const expected = expectedRevisions(request)
  const definition = await readBody(request, MAX_DEFINITION_BYTES)
  const why = reasonOf(request)
  if (why === '') throw reasonNeeded('as `Fader-Reason`')
  return await operate(call, { kind: 'define', definition }, { expected, why })
}

/** Publishes an earlier definition again. */
export async function rollBack(call: Call): Promise<Response> {
  const shape = { revision: number(1, Number.MAX_SAFE_INTEGER, 'whole'), why: reason }
  const { revision, why } = await readMembers(call.request, shape)
  return await operate(call, { kind: 'roll-back', revision }, { why })
}

/** The revisions, newest first. `?before=` gives the page that ends before a revision. */
export async function history(call: Call): Promise<Response> {
  const entries = await call.services.store().history(revisionAsked(call.request, 'before'))
  return Response.json(entries, { headers: { 'cache-control': 'no-store' } })
}

function revisionAsked(request: Request, name: string): number | undefined {
  const revision = new URL(request.url).searchParams.get(name)
  if (revision === null) return undefined
  if (/^[1-9]\d{0,14}$/.test(revision)) return Number(revision)
  throw new Problem('bad-request', `\`${name}\` takes a revision, such as \`?${name}=42\`.`)
}
