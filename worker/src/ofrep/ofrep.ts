import type { Context, Outcome } from 'fader'
import type { Call, Handler, Plain } from '../call.ts'
import type { Standing } from '../edge/edge.ts'
import { noneMatchNames } from '../etag.ts'
import { evaluated } from '../observe/evaluated.ts'
import type { Answer } from './answers.ts'
import { readContext } from './context.ts'
import { OfrepFailure } from './failure.ts'

/** `POST /ofrep/v1/evaluate/flags/:key`: one flag for one context. */
export const one: Handler = async (call) => {
  const key = call.param('key')
  const context = await readContext(call.request)
  const { edge, answers } = call.services
  await edge.ready(call.waitUntil)
  const { adopted, stale } = edge.standing
  const outcome = adopted?.revealed.has(key) ? adopted.engine.evaluate(key, context) : undefined
  evaluated(call, 'ofrep', outcome === undefined ? [] : [outcome])
  if (adopted === undefined || outcome === undefined || outcome.errorCode === 'FLAG_NOT_FOUND') {
    throw new OfrepFailure(404, 'FLAG_NOT_FOUND', 'There is no such flag for clients.')
  }
  if (outcome.errorCode !== undefined) throw failureOf(outcome)
  return respond(call, answers.one(adopted, stale, outcome))
}

/** `POST /ofrep/v1/evaluate/flags`: every flag that clients may know, for one context. */
export const all: Handler = async (call) => {
  const context = await readContext(call.request)
  const { edge, answers, events } = call.services
  await edge.ready(call.waitUntil)
  const token = call.caller.kind === 'client' ? call.caller.token : ''
  const { standing } = edge
  // Asked anew, but only for the few requests whose events are sent.
  events.add(call.observation, () => outcomesFor(standing, context), edge.revision ?? 0)
  return respond(call, answers.all(standing, context, token))
}

/** What clients are told of all flags. */
function outcomesFor({ adopted }: Standing, context: Context): readonly Outcome[] {
  return adopted?.engine.evaluateAll(context).filter(({ flag }) => adopted.revealed.has(flag)) ?? []
}

/** The tag is over all that the body is made of, so it changes with whatever of the context made a difference. */
function respond({ request, services }: Call, { body, etag }: Answer): Plain {
  const headers = { etag, 'cache-control': 'no-store', 'fader-revision': String(services.edge.revision ?? 0) }
  if (noneMatchNames(request.headers.get('if-none-match'), etag)) return { status: 304, headers, body: null }
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body }
}

function failureOf({ errorCode = 'GENERAL', errorMessage = '' }: Outcome): OfrepFailure {
  const isRequestsFault = errorCode === 'INVALID_CONTEXT' || errorCode === 'PARSE_ERROR'
  return new OfrepFailure(isRequestsFault ? 400 : 500, errorCode, errorMessage)
}
