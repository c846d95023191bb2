import { Problem } from '../problem.ts'

/** The token of a request, and whether it stood where only a public one may: in the address. */
export interface Presented {
  readonly token: string
  readonly inAddress: boolean
}

const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i
const TOKEN = /^[A-Za-z0-9._~+/-]{1,512}=*$/

/**
 * Finds the token of a request: in `Authorization: Bearer`, or else in `X-API-Key`, or else, for what is only read,
 * in `?key=`, because a browser opens a stream without headers. The first of them that is there counts, and no other.
 *
 * Throws when there is none, or when it cannot be one.
 */
export function presentedBy(request: Request): Presented {
  const authorization = request.headers.get('authorization')
  const header = authorization === null ? request.headers.get('x-api-key') : (BEARER.exec(authorization)?.[1] ?? '')
  const token = header ?? keyInAddress(request)
  if (token === null) {
    throw new Problem('token-missing', 'Send a token as `Authorization: Bearer …`.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  if (!TOKEN.test(token)) throw refusedToken()
  return { token, inAddress: header === null }
}

function keyInAddress(request: Request): string | null {
  const mayRead = request.method === 'GET' || request.method === 'HEAD'
  return mayRead ? new URL(request.url).searchParams.get('key') : null
}

/** The refusal of a token that nobody knows, which is the same for one that was known once. */
export function refusedToken(): Problem {
  return new Problem('token-refused', 'The token is not one of this worker, or not any more.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
