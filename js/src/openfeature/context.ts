import type { EvaluationContext } from '@openfeature/core'
import type { Context } from '../types.js'

/** What `targetingKey` stands in for, as it does in the remote protocol. */
export const TARGETING_KEY_AS = 'userId'

/**
 * The context as rules read it: with the targeting key as the unit that it is meant for, unless that is there already,
 * and with dates as JSON has them.
 */
export function contextOf(given: EvaluationContext, targetingKeyAs: string = TARGETING_KEY_AS): Context {
  const context: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) context[name] = plain(value)
  const { targetingKey } = given
  if (targetingKey) context[targetingKeyAs] ??= targetingKey
  return context
}

/** Copies only what has a date in it: most contexts have none. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (Array.isArray(value)) return value.some(isObject) ? value.map(plain) : value
  if (!Object.values(value).some(isObject)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null
