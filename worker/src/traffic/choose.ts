import type { Context, Engine, Outcome } from 'fader'
import type { Origin, Table, TrafficRoute } from './table.ts'

/** What flags say of one request. */
export interface Choice {
  /** After how many seconds to come again, where the request is shed. Nothing else is asked then. */
  readonly shedS: number | undefined
  readonly origin: Origin
  /** How the origin came to be chosen: of the flag's answer, where there is one. */
  readonly variant: string
  readonly arm: string
  readonly mirror: Origin | undefined
  /** What came of all flags that were asked. */
  readonly outcomes: readonly Outcome[]
}

const DEFAULT_RETRY_S = 5
const LONGEST_RETRY_S = 24 * 3600

/** Stands for what there is none of, in measurements. */
export const NONE = 'none'

/** Asks the route's flags. Without an engine, and for whatever is no origin's name, it is the safe origin. */
export function choose(route: TrafficRoute, { origins }: Table, engine: Engine | undefined, context: Context): Choice {
  const outcomes: Outcome[] = []
  const ask = (flag: string | undefined): Outcome | undefined => {
    if (flag === undefined || engine === undefined) return undefined
    const outcome = engine.evaluate(flag, context)
    outcomes.push(outcome)
    return outcome
  }
  const shedS = secondsOf(ask(route.shed))
  const chosen = shedS === undefined ? ask(route.flag) : undefined
  const copied = shedS === undefined ? originOf(ask(route.mirror), origins) : undefined
  const origin = originOf(chosen, origins) ?? route.safe
  const [variant, arm] = [chosen?.variant ?? NONE, chosen?.arm ?? NONE]
  return { shedS, origin, variant, arm, mirror: copied === origin ? undefined : copied, outcomes }
}

function secondsOf(outcome: Outcome | undefined): number | undefined {
  const value = outcome?.value
  if (value === true) return DEFAULT_RETRY_S
  return typeof value === 'number' && value > 0 ? Math.min(Math.ceil(value), LONGEST_RETRY_S) : undefined
}

function originOf(outcome: Outcome | undefined, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  return typeof outcome?.value === 'string' ? origins.get(outcome.value) : undefined
}
