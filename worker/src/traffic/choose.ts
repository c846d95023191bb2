import type { Context, Engine, Outcome } from 'fader'
import type { Origin, Table, TrafficRoute } from './table.ts'

/** What flags say of one request. */
export interface Choice {
  readonly origin: Origin
  /** How the origin came to be chosen: of the flag's answer, where there is one. */
  readonly variant: string
  readonly arm: string
  readonly mirror: Origin | undefined
}

const DEFAULT_RETRY_S = 5
const LONGEST_RETRY_S = 24 * 3600

/** Stands for what there is none of, in measurements. */
export const NONE = 'none'

/** Asks the route's flags. Without an engine, and for whatever is no origin's name, it is the safe origin. */
export function choose(route: TrafficRoute, { origins }: Table, engine: Engine | undefined, context: Context): Choice {
  const outcome = outcomeOf(engine, route.flag, context)
  const mirror = originOf(outcomeOf(engine, route.mirror, context), origins)
  const origin = originOf(outcome, origins) ?? route.safe
  return {
    origin,
    variant: outcome?.variant ?? NONE,
    arm: outcome?.arm ?? NONE,
    mirror: mirror === origin ? undefined : mirror,
  }
}

/** After how many seconds to come again, where the route's flag sheds this request. */
export function shedS(route: TrafficRoute, engine: Engine | undefined, context: Context): number | undefined {
  const value = outcomeOf(engine, route.shed, context)?.value
  if (value === true) return DEFAULT_RETRY_S
  return typeof value === 'number' && value > 0 ? Math.min(Math.ceil(value), LONGEST_RETRY_S) : undefined
}

function outcomeOf(engine: Engine | undefined, flag: string | undefined, context: Context): Outcome | undefined {
  return flag === undefined ? undefined : engine?.evaluate(flag, context)
}

function originOf(outcome: Outcome | undefined, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  return typeof outcome?.value === 'string' ? origins.get(outcome.value) : undefined
}
