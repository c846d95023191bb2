import type { Settings } from '../env.ts'
import { Problem } from '../problem.ts'

/** Who may call a route. Every route names one, so that nothing is open by being forgotten. */
export type Access = 'anyone' | 'operator'

const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i

/** Lets the caller in, or throws. What is not understood is refused. */
export async function admit(access: Access, request: Request, settings: Settings): Promise<void> {
  if (access === 'anyone') return
  await admitOperator(request, settings.adminTokenDigest)
}

async function admitOperator(request: Request, expected: Uint8Array | undefined): Promise<void> {
  if (expected === undefined) {
    throw new Problem('admin-closed', 'No admin token is configured for this worker, so nobody is let in.')
  }
  const header = request.headers.get('authorization')
  if (header === null) {
    throw new Problem('token-missing', 'Send the admin token as `Authorization: Bearer …`.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  const token = BEARER.exec(header)?.[1]
  if (token === undefined || !(await hasDigest(token, expected))) {
    throw new Problem('token-refused', 'The token is not the admin token of this worker.', {
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    })
  }
}

/** Digests are compared, not tokens: they are all of one length, and the time taken says nothing about the token. */
async function hasDigest(token: string, expected: Uint8Array): Promise<boolean> {
  const presented = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return crypto.subtle.timingSafeEqual(presented, expected)
}
