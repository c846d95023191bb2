import { Problem } from '../problem.ts'

/** The token of a request, and whether it stood where only a public one may: in the address. */
export interface Presented {
  readonly token: string
  readonly inAddress: boolean
}

const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i
const TOKEN = /^[A-Za-z0-9._~+/-]{1,512}=*$/

/** Where a token may stand: in headers alone, or also in the address of whatever method. */
export type Places = 'headers' | 'headers-and-address'

/**
 * Finds the token of a request: in `Authorization: Bearer`, or else in `X-API-Key`, or else in `?key=` for what is only
 * read and where the route says so, because a browser opens a stream, and a page that is closing sends its last events,
 * without headers. The first of them that is there counts, and no other.
 *
 * Throws when there is none, or when it cannot be one.
 */
export function presentedBy(request: Request, places: Places = 'headers'): Presented {
  const authorization = request.headers.get('authorization')
  const header = authorization === null ? request.headers.get('x-api-key') : (BEARER.exec(authorization)?.[1] ?? '')
  const token = header ?? keyInAddress(request, places)
  if (token === null) {
    throw new Problem('token-missing', 'Send a token as `Authorization: Bearer …`.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  if (!TOKEN.test(token)) throw refusedToken()
  return { token, inAddress: header === null }
}

function keyInAddress(request: Request, places: Places): string | null {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return isRead || places === 'headers-and-address' ? new URL(request.url).searchParams.get('key') : null
}

/** The refusal of a token that nobody knows, which is the same for one that was known once. */
export function refusedToken(): Problem {
  return new Problem('token-refused', 'The token is not one of this worker, or not any more.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
