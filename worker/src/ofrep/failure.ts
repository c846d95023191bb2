import type { ErrorCode } from 'fader'
import type { Call } from '../call.ts'
import { problemOf } from '../problem.ts'

/** A failure in the words of the remote evaluation protocol, whose clients do not read problem documents. */
export class OfrepFailure extends Error {
  override readonly name = 'OfrepFailure'
  readonly status: number
  readonly code: ErrorCode

  constructor(status: number, code: ErrorCode, details: string) {
    super(details)
    this.status = status
    this.code = code
  }
}

/** Answers whatever was thrown in the protocol's form. A request for one flag names it. */
export function failure(thrown: unknown, { param, observation }: Pick<Call, 'param' | 'observation'>): Response {
  const key = param('key')
  if (thrown instanceof OfrepFailure) {
    observation.problem = thrown.code.toLowerCase()
    return render(thrown, key, {})
  }
  const problem = problemOf(thrown, observation)
  // The protocol's clients throw at a 503, and give the default at a 500 with an error code.
  const status = problem.status === 503 ? 500 : problem.status
  // What cannot be unpacked cannot be parsed.
  const code = status === 400 ? 'PARSE_ERROR' : 'GENERAL'
  return render(new OfrepFailure(status, code, problem.message), key, problem.options.headers ?? {})
}

function render({ code, message, status }: OfrepFailure, key: string, headers: Readonly<Record<string, string>>) {
  const body = { ...(key === '' ? {} : { key }), errorCode: code, errorDetails: message }
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}
