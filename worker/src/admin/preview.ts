import type { Call } from '../call.ts'
import { isObject } from '../json.ts'
import { actorOf, answerOf, idempotencyOf, refusal } from '../operate/operate.ts'
import { Problem } from '../problem.ts'
import { number, optional, type Reader, readMembers, reason, text, wrong } from './members.ts'

const MOST_FLAGS = 20
const MOST_MINUTES = 24 * 60
const MINUTES = 60
/** The parameter of a page's address that clients look for. */
const PARAMETER = 'fader-preview'

/** Signs a link by which whoever opens it sees variants of their own for a while. */
export async function preview(call: Call): Promise<Response> {
  const shape = { answers, minutes: optional(number(1, MOST_MINUTES, 'whole')), why: reason }
  const { why, minutes = MINUTES, answers: wanted } = await readMembers(call.request, shape)
  const asked = { wish: { answers: wanted, minutes }, actor: actorOf(call), why, ...idempotencyOf(call.request) }
  const result = await call.services.store().preview(asked)
  if (result.kind === 'too-long') throw new Problem('bad-request', result.detail)
  if (result.kind !== 'signed') throw refusal(result)
  const { preview: signed, expires, replayed } = result
  return answerOf({ preview: signed, query: `${PARAMETER}=${signed}`, expires }, replayed)
}

const answers: Reader<Readonly<Record<string, string>>> = (value, name) => {
  const flags = isObject(value) ? Object.entries(value) : []
  if (flags.length < 1 || flags.length > MOST_FLAGS)
    throw wrong(name, `an object of 1 to ${MOST_FLAGS} variants by flag`)
  return Object.fromEntries(flags.map(([flag, variant]) => [flag, text(variant, `${name}.${flag}`.slice(0, 200))]))
}
