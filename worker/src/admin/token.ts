import { type Granted, roles, type Scope, type TokenWish, tokenKinds } from '../access/token.ts'
import type { Call } from '../call.ts'
import { actorOf, answerOf, idempotencyOf, keyReused, unsigned } from '../operate/operate.ts'
import { Problem } from '../problem.ts'
import { membersOf, number, oneOf, optional, type Reader, readMembers, reasonOf, text, wrong } from './members.ts'

const MAX_ORIGINS = 100
const SHA256_HEX = /^[0-9a-f]{64}$/
/** The last instant that a date can be. */
const MAX_TIME_MS = 8_640_000_000_000_000

/** All tokens, also those that were revoked, newest first. Their digests are not told. */
export async function list(call: Call): Promise<Response> {
  return answerOf(await call.services.store().tokens(), undefined)
}

/** Makes a token known by its digest: whoever needs the token has made it, and sends it to nobody. */
export async function grant(call: Call): Promise<Response> {
  const wish: TokenWish = await readMembers(call.request, {
    kind: oneOf(...tokenKinds),
    name: text,
    digest,
    role: optional(oneOf(...roles)),
    scope: optional(scope),
    origins: optional(origins),
    expires: optional(number(0, MAX_TIME_MS, 'whole')),
  })
  checkTogether(wish)
  const options = { why: reasonOf(call.request), ...idempotencyOf(call.request) }
  const granted = await call.services.store().grant(actorOf(call), wish, options)
  return await answer(call, granted)
}

/** Makes a token worthless. */
export async function revoke(call: Call): Promise<Response> {
  const options = { why: reasonOf(call.request), ...idempotencyOf(call.request) }
  const revoked = await call.services.store().revoke(actorOf(call), call.param('id'), options)
  return await answer(call, revoked)
}

const digest: Reader<string> = (value, name) => {
  if (typeof value === 'string' && SHA256_HEX.test(value)) return value
  throw wrong(name, 'the SHA-256 of the token, as 64 lowercase hex digits')
}

const bounds = { team: optional(text), flagPrefix: optional(text), maxShare: optional(number(0, 100)) }

const scope: Reader<Scope> = (value, name) => membersOf(value, bounds, `\`${name}\``)

const origins: Reader<readonly string[]> = (value, name) => {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_ORIGINS
  if (isList && value.every(isOrigin)) return value
  throw wrong(name, `a list of 1 to ${MAX_ORIGINS} origins, such as "https://shop.example.com"`)
}

function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value
}

/** What belongs to one kind of token alone. */
function checkTogether({ kind, role, scope: within, origins: pages, expires }: TokenWish): void {
  if (kind === 'admin' && role === undefined) throw wrong('role', `one of ${roles.join(', ')}`)
  if (kind !== 'admin' && (role ?? within) !== undefined)
    throw wrong('kind', '"admin" where there is a role or a scope')
  if (kind !== 'client' && pages !== undefined) throw wrong('kind', '"client" where there are origins')
  if (role === 'owner' && within?.team === undefined) throw wrong('scope.team', 'said of an owner')
  if (expires !== undefined && expires <= Date.now())
    throw wrong('expires', 'in the future, in milliseconds since 1970')
}

async function answer(call: Call, granted: Granted): Promise<Response> {
  if (granted.kind !== 'done') throw refusal(granted)
  // This isolate lets the token in, or refuses it, from now on; others follow as with a revision.
  await call.services.edge.refresh()
  return answerOf(granted.token, granted.replayed)
}

function refusal(granted: Exclude<Granted, { kind: 'done' }>): Problem {
  switch (granted.kind) {
    case 'forbidden':
      return new Problem('right-missing', granted.detail)
    case 'not-there':
      return new Problem('not-found', 'There is no token of this id.')
    case 'taken':
      return new Problem('conflict', 'There is a token of this digest already. Make a new one.')
    case 'key-reused':
      return keyReused()
    case 'unsigned':
      return unsigned()
  }
}
