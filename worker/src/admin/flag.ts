import type { Call } from '../call.ts'
import { operate } from '../operate/operate.ts'
import { note, number, oneOf, orNull, readMembers, reason, text } from './members.ts'

/** A ramp has 64 stages at most. */
const MAX_STAGE = 63

/** Kills a flag. Nothing more than its key has to be said. */
export async function kill(call: Call): Promise<Response> {
  const { flag, why } = await readMembers(call.request, { flag: text, why: note })
  return await operate(call, { kind: 'kill', flag }, { why })
}

/** Gives one unit a variant, or takes it back. */
export async function override(call: Call): Promise<Response> {
  const shape = { flag: text, unit: text, variant: orNull(text), why: reason }
  const { why, ...more } = await readMembers(call.request, shape)
  return await operate(call, { kind: 'override', ...more }, { why })
}

/** Sets a flag's state. */
export async function state(call: Call): Promise<Response> {
  const shape = { flag: text, state: oneOf('on', 'off', 'killed'), why: reason }
  const { why, ...more } = await readMembers(call.request, shape)
  return await operate(call, { kind: 'state', ...more }, { why })
}

/** Puts a flag's ramp at a stage. */
export async function stage(call: Call): Promise<Response> {
  const shape = { flag: text, stage: number(0, MAX_STAGE, 'whole'), why: reason }
  const { why, ...more } = await readMembers(call.request, shape)
  return await operate(call, { kind: 'stage', ...more }, { why })
}

/** Sets the traffic of one rule. */
export async function traffic(call: Call): Promise<Response> {
  const shape = { flag: text, rule: text, traffic: number(0, 100), why: reason }
  const { why, ...more } = await readMembers(call.request, shape)
  return await operate(call, { kind: 'traffic', ...more }, { why })
}
