import { report } from './log.ts'
import type { Observation } from './observe/observation.ts'

/** Every way in which a request can fail, as it is named in the `type` of an RFC 9457 problem. */
const kinds = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  'not-json': { status: 400, title: 'The body is not JSON' },
  'token-missing': { status: 401, title: 'A token is needed' },
  'token-refused': { status: 401, title: 'The token is not accepted' },
  'cross-site': { status: 403, title: 'Another site may not do this' },
  'origin-refused': { status: 403, title: 'The token is not for this page' },
  'right-missing': { status: 403, title: 'This token may not do that' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'nothing-published': { status: 404, title: 'Nothing is published yet' },
  'flag-not-there': { status: 404, title: 'There is no such thing in the definition' },
  'method-not-allowed': { status: 405, title: 'This method is not for this path' },
  'body-too-slow': { status: 408, title: 'The body did not come in time' },
  conflict: { status: 409, title: 'Something else stands there already' },
  'revision-mismatch': { status: 412, title: 'The definition has changed meanwhile' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'encoding-unsupported': { status: 415, title: 'The body is in an encoding that is not read here' },
  'type-unsupported': { status: 415, title: 'The body is of a type that is not read here' },
  'key-reused': { status: 422, title: 'The idempotency key was used for something else' },
  'definition-invalid': { status: 422, title: 'The definition has issues' },
  'revision-needed': { status: 428, title: 'If-Match is needed' },
  'reason-needed': { status: 428, title: 'A reason is needed' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  'too-many-listeners': { status: 503, title: 'There are too many listeners' },
  'origin-unreachable': { status: 502, title: 'What should answer this cannot be reached' },
  unsigned: { status: 503, title: 'There is no key to sign revisions with' },
  'not-ready': { status: 503, title: 'No definition could be had yet' },
  shed: { status: 503, title: 'There is too much to do' },
  'ledger-unavailable': { status: 503, title: 'Events cannot be stored now' },
  'store-unavailable': { status: 503, title: 'The store cannot be reached' },
  'origin-late': { status: 504, title: 'What should answer this took too long' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemKind = keyof typeof kinds

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem, such as the list of issues. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** A failure that the caller is told about. Nothing goes into it that the caller may not read. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly options: ProblemOptions

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail)
    this.kind = kind
    this.options = options
  }

  get status(): number {
    return kinds[this.kind].status
  }

  response(): Response {
    const { status, title } = kinds[this.kind]
    const { headers, members } = this.options
    const body = { type: `urn:fader:problem:${this.kind}`, title, status, detail: this.message, ...members }
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    })
  }
}

/**
 * Turns whatever was thrown into a problem. What is not a problem already is logged, and told to the caller without its
 * message and stack, which may speak of internals.
 */
export function problemOf(thrown: unknown, observation?: Observation): Problem {
  const problem = thrown instanceof Problem ? thrown : unexpected(thrown)
  if (observation !== undefined) observation.problem = problem.kind
  if (problem !== thrown) report('a request failed', thrown, observation)
  return problem
}

function unexpected(thrown: unknown): Problem {
  if (isStoreOutage(thrown)) {
    return new Problem('store-unavailable', 'Try again shortly.', { headers: { 'retry-after': '1' } })
  }
  return new Problem('internal', 'The request was not carried out. The reason is in the log.')
}

/** A Durable Object that could not be reached, or is overloaded, marks its error with one of these. */
function isStoreOutage(thrown: unknown): boolean {
  const marks = thrown as { retryable?: unknown; overloaded?: unknown } | null | undefined
  return marks?.retryable === true || marks?.overloaded === true
}
