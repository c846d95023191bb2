import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'

const LIFE = /^[A-Za-z0-9_-]{22}$/

/** What became of all events of the environment that were given a number; of one life with `?life=`. */
export async function account(call: Call): Promise<Response> {
  const { ledgers, settings } = call.services
  const life = new URL(call.request.url).searchParams.get('life')
  const { environment } = settings
  const found = life === null ? await ledgers.account() : await ledgers.life(known(life))
  if (found === null) throw new Problem('not-found', 'No event of this life is known, or not any more.')
  return Response.json({ environment, ...found }, { headers: { 'cache-control': 'no-store' } })
}

function known(life: string): string {
  if (LIFE.test(life)) return life
  throw new Problem('bad-request', '`life` takes what a batch has as its life: 22 letters of base64url.')
}
