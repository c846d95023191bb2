import type { AccessEntry } from '../../worker/src/access/token.ts'
import type { Source } from '../../worker/src/edge/source.ts'
import { parseSettings } from '../../worker/src/env.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { Signer, type SigningKey } from '../../worker/src/revision/signer.ts'
import type { Route } from '../../worker/src/routes.ts'
import { sourceFrom } from './alone.ts'
import { env } from './isolate.ts'

/** A token that a test makes known, by itself and without the store. */
export type Known = Omit<AccessEntry, 'id' | 'digest'> & { readonly token: string }

/**
 * Tokens that an isolate comes to know as it does in truth, from signed documents. What `set` is given it knows from
 * its next question on.
 */
export function tokenSource(first: readonly Known[]): { readonly source: Source; set(next: readonly Known[]): void } {
  let known = first
  let issued = Date.now()
  const head = async () => ({ revision: 0, issued })
  const bundle = async () => {
    const entries = await Promise.all(
      known.map(async ({ token, ...rest }, at) => ({ id: `t-${at}`, digest: await sha256Hex(token), ...rest })),
    )
    const bytes = new TextEncoder().encode(JSON.stringify(entries))
    const moment = { environment: 'production', revision: 0, issued, expires: Number.MAX_SAFE_INTEGER }
    return { access: await new Signer(parseSettings(env).signingKey as SigningKey).sign('access', bytes, moment) }
  }
  return {
    source: sourceFrom({ head, bundle }),
    set: (next) => {
      known = next
      issued += 1
    },
  }
}

/** The same routes with handlers that say which one it was, and do nothing. */
export function recording(table: readonly Route[], reached: string[] = []): Route[] {
  return table.map((route) => ({
    ...route,
    handler: () => {
      reached.push(nameOf(route))
      return new Response('let in')
    },
  }))
}

/** A route's name, as tables of tests have it. What takes all the rest is one, however it is written. */
export function nameOf({ method, path }: Route): string {
  return method === 'ALL' ? '* /*' : `${method} ${path}`
}

/** A path that the route matches. */
export function pathOf({ path }: Route): string {
  const filled = path.replace(/:key\{.+\}/, 'search').replace(/:[a-z]+/g, 'x')
  return (filled.startsWith('/') ? filled : `/${filled}`).replace('*', 'some.page')
}

/** A store that no request should come as far as. */
export function noStore(): never {
  throw new Error('a request without a token came as far as the store')
}
