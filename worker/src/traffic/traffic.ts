import type { Metrics } from '../observe/metrics.ts'
import { Mirror } from './mirror.ts'
import { parseTable, type Table } from './table.ts'
import { Upstream } from './upstream.ts'

/** What an isolate has for traffic. */
export interface Traffic {
  readonly table: Table
  /** The hosts of the origins, which clients are not sent to. */
  readonly hosts: ReadonlySet<string>
  readonly upstream: Upstream
  readonly mirror: Mirror
}

/** Nothing where no table is configured. Throws with everything that is wrong in it. */
export function trafficOf(variable: unknown, metrics: Metrics, now: () => number = Date.now): Traffic | undefined {
  const table = parseTable(variable)
  if (table === undefined) return undefined
  const hosts = new Set([...table.origins.values()].map(({ base }) => new URL(base).host))
  return { table, hosts, upstream: new Upstream(now, metrics), mirror: new Mirror(metrics) }
}
