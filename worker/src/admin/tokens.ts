import type { TokenWish } from '../access/token.ts'
import { readBody } from '../body.ts'
import type { Call } from '../call.ts'
import { decodeText } from '../json.ts'
import { Problem } from '../problem.ts'

const MAX_WISH_BYTES = 16 * 1024

/** Makes a token known of which the body tells the digest. */
export async function grant({ request, caller, services }: Call): Promise<Response> {
  if (caller.kind !== 'admin') throw new Problem('right-missing', 'Only a person may do this.')
  const wish = JSON.parse(decodeText(await readBody(request, MAX_WISH_BYTES))) as TokenWish
  const granted = await services.store().grant(caller.actor, wish)
  if (granted.kind !== 'done') throw new Problem('conflict', 'There is a token of this digest already.')
  await services.edge.refresh()
  return Response.json(granted.token, { status: 201, headers: { 'cache-control': 'no-store' } })
}
