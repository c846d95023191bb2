import type { ErrorCode } from 'fader'
import type { Observation } from '../observe/observation.ts'
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
export function failureResponse(thrown: unknown, key: string | undefined, observation?: Observation): Response {
  if (thrown instanceof OfrepFailure) {
    if (observation !== undefined) observation.problem = thrown.code.toLowerCase()
    return render(thrown, key, {})
  }
  const problem = problemOf(thrown, observation)
  // The protocol's clients throw at a 503, and give the default at a 500 with an error code.
  const status = problem.status === 503 ? 500 : problem.status
  return render(new OfrepFailure(status, 'GENERAL', problem.message), key, problem.options.headers ?? {})
}

function render(failure: OfrepFailure, key: string | undefined, headers: Readonly<Record<string, string>>): Response {
  const body = { ...(key === undefined ? {} : { key }), errorCode: failure.code, errorDetails: failure.message }
  return Response.json(body, { status: failure.status, headers: { 'cache-control': 'no-store', ...headers } })
}
