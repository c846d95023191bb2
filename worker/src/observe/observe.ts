import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Services } from '../call.ts'
import type { Observation } from './observation.ts'
import { traceOf } from './trace.ts'

/** Kinds of problems that say that somebody wanted too much. */
const LIMITS: ReadonlySet<string> = new Set(['body-too-large', 'too-many-requests'])
/** What matches everything is no route of its own. */
const EVERYWHERE = '/*'

/** Notes what is to be known of each request, and counts it when its answer is made. */
export function observe(services: Services) {
  return async (c: Context, next: () => Promise<void>): Promise<void> => {
    const began = performance.now()
    const observation: Observation = { trace: traceOf(c.req.raw.headers), route: routeOf(c) }
    c.set('observation', observation)
    await next()
    c.header('fader-trace', observation.trace.id)
    count(services, observation, c.res.status, (performance.now() - began) / 1000)
    services.events.flush(observation.trace, (work) => c.executionCtx.waitUntil(work))
  }
}

/** What is noted of the request that is being answered. */
export function observationOf(c: Context): Observation {
  return c.get('observation') as Observation
}

/** The first pattern that matches and is not of what is done for all requests is the one that answers. */
function routeOf(c: Context): string {
  return matchedRoutes(c).find(({ path }) => path !== EVERYWHERE)?.path ?? EVERYWHERE
}

function count({ metrics }: Services, { route, problem }: Observation, status: number, seconds: number): void {
  metrics.add('requests', { route, status: `${Math.floor(status / 100)}xx` })
  metrics.observe('request_seconds', { route }, seconds)
  if (problem === undefined) return
  metrics.add('problems', { kind: problem })
  if (LIMITS.has(problem)) metrics.add('limits', { limit: problem })
}
