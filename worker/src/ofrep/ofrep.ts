import type { Outcome } from 'fader'
import type { Call, Handler } from '../call.ts'
import type { Standing } from '../edge/edge.ts'
import { conditional, strongEtag } from '../etag.ts'
import { evaluated } from '../observe/evaluated.ts'
import { readContext } from './context.ts'
import { failureResponse, OfrepFailure } from './failure.ts'

/** `POST /ofrep/v1/evaluate/flags/:key`: one flag for one context. */
export const one: Handler = async (call) => {
  const key = call.param('key')
  try {
    const context = await readContext(call.request)
    await call.services.edge.ready(call.waitUntil)
    const { standing } = call.services.edge
    const { adopted } = standing
    const outcome = adopted?.revealed.has(key) ? adopted.engine.evaluate(key, context) : undefined
    evaluated(call, 'ofrep', outcome === undefined ? [] : [outcome])
    if (outcome === undefined || outcome.errorCode === 'FLAG_NOT_FOUND') {
      throw new OfrepFailure(404, 'FLAG_NOT_FOUND', 'There is no such flag for clients.')
    }
    if (outcome.errorCode !== undefined) throw failureOf(outcome)
    return await answer(call, answerOf(outcome, metadata(standing)), standing)
  } catch (thrown) {
    return failureResponse(thrown, key, call.observation)
  }
}

/** `POST /ofrep/v1/evaluate/flags`: every flag that clients may know, for one context. */
export const all: Handler = async (call) => {
  try {
    const context = await readContext(call.request)
    await call.services.edge.ready(call.waitUntil)
    const { standing } = call.services.edge
    const { adopted } = standing
    const shared = metadata(standing)
    const outcomes = adopted?.engine.evaluateAll(context).filter(({ flag }) => adopted.revealed.has(flag)) ?? []
    evaluated(call, 'ofrep', outcomes)
    const flags = outcomes.map((outcome) => answerOf(outcome, shared))
    return await answer(call, { flags, metadata: shared }, standing)
  } catch (thrown) {
    return failureResponse(thrown, undefined, call.observation)
  }
}

/** The tag is over the very bytes of the answer, so it changes with whatever of the context made a difference. */
async function answer(call: Call, body: object, { adopted }: Standing): Promise<Response> {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  return conditional(call.request, bytes, await strongEtag(bytes), {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'fader-revision': String(adopted?.revision ?? 0),
  })
}

type Metadata = Readonly<Record<string, string | number | boolean>>

function metadata({ adopted, stale }: Standing): Metadata {
  return { ...(adopted === undefined ? {} : { version: String(adopted.revision) }), ...(stale ? { stale } : {}) }
}

/** The rule and the arm have no place of their own in the protocol, and are metadata of the flag. */
function answerOf(outcome: Outcome, shared: Metadata): object {
  const { flag, value, variant, reason, rule, arm, errorCode, errorMessage } = outcome
  if (errorCode !== undefined) return { key: flag, errorCode, errorDetails: errorMessage ?? '', metadata: shared }
  const metadata = { ...shared, ...(rule === undefined ? {} : { rule }), ...(arm === undefined ? {} : { arm }) }
  return { key: flag, reason, value, variant, metadata }
}

function failureOf({ errorCode = 'GENERAL', errorMessage = '' }: Outcome): OfrepFailure {
  const isRequestsFault = errorCode === 'INVALID_CONTEXT' || errorCode === 'PARSE_ERROR'
  return new OfrepFailure(isRequestsFault ? 400 : 500, errorCode, errorMessage)
}
