import { isObject } from '../json.ts'
import type { Rejection, Row } from './row.ts'

/** What keys of flags, variants and rules look like, and names of metrics. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/
const REASONS: readonly unknown[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'CACHED', 'DISABLED', 'ERROR']
const ARMS: readonly unknown[] = ['treated', 'control', 'outside']
/** The metrics that the client measures by itself. No author's own metric begins so. */
const OWN_PREFIX = 'fader.'
const OWN: readonly unknown[] = ['error', 'rejection', 'load', 'response', 'interaction', 'heartbeat'].map(
  (name) => OWN_PREFIX + name,
)
const MOST_COUNT = 1_000_000

/** What an event says, but for when it happened and to whom. */
export type Content = Omit<Row, 'n' | 'at' | 'units' | 'rejected'>

type Check = readonly [Rejection, boolean]

/** Reads what an event says, or gives why it is rejected. Members that are not known are left out. */
export function contentOf({ exposure, metric }: Record<string, unknown>): Content | Rejection {
  if (isObject(exposure) && metric === undefined) return exposureOf(exposure)
  if (isObject(metric) && exposure === undefined) return metricOf(metric)
  return 'kind'
}

function exposureOf({ flag, variant, rule, reason, arm, revision }: Record<string, unknown>): Content | Rejection {
  const wrong = failed([
    ['flag', isKey(flag)],
    ['variant', isKey(variant)],
    ['rule', rule === undefined || isKey(rule)],
    ['reason', REASONS.includes(reason)],
    ['arm', arm === undefined || ARMS.includes(arm)],
    ['revision', Number.isSafeInteger(revision) && Number(revision) >= 0],
  ])
  // Each was looked at above.
  return wrong ?? ({ flag, variant, rule, reason, arm, revision } as Content)
}

function metricOf({ name, value, count }: Record<string, unknown>): Content | Rejection {
  const wrong = failed([
    ['name', isMetric(name)],
    ['value', value === undefined || Number.isFinite(value)],
    ['count', count === undefined || (value === undefined && isCount(count))],
  ])
  return wrong ?? ({ name, value, count } as Content)
}

function failed(checks: readonly Check[]): Rejection | undefined {
  return checks.find(([, holds]) => !holds)?.[0]
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && KEY.test(value)
}

function isMetric(name: unknown): boolean {
  return isKey(name) && (!String(name).startsWith(OWN_PREFIX) || OWN.includes(name))
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MOST_COUNT
}
