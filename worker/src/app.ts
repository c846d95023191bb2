import { admit } from './access/admit.ts'
import { refuseCrossSite } from './access/cross-site.ts'
import { preflight, SHARED_WITH_ALL, sharingFor } from './access/sharing.ts'
import type { Caller } from './access/token.ts'
import type { Call, Reply, Services, WaitUntil } from './call.ts'
import { Observation } from './observe/observation.ts'
import { countRequest } from './observe/observe.ts'
import { type Found, Paths, pathAsSent } from './paths.ts'
import { Problem, problemOf } from './problem.ts'
import { type Route, routes } from './routes.ts'
import { checkSitePaths } from './site-paths.ts'

/** The worker, as a function of requests. */
export interface App {
  fetch(request: Request, env: unknown, context: { waitUntil: WaitUntil }): Promise<Response>
}

type Asked = Omit<Call, 'caller'>
type Given = Readonly<Record<string, string>>
type Serve = (asked: Asked) => Response | Promise<Response>

/** What a request leads to: a row of the table, by its pattern. */
interface Target {
  readonly pattern: string
  readonly serve: Serve
}

/** For every answer, whoever made it. */
const HYGIENE = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** Makes the worker of a table of routes. Throws when the paths that the site chose do not fit it. */
export function createApp(services: Services, table: readonly Route[] = routes): App {
  const paths = pathsOf(table)
  const chosen = services.settings.paths
  checkSitePaths(chosen, table)
  return {
    fetch: async (request, _, context) => {
      const began = performance.now()
      const isHead = request.method === 'HEAD'
      const sent = pathAsSent(request)
      const { target, param } = paths.find(isHead ? 'GET' : request.method, chosen.get(sent) ?? sent) ?? NOTHING
      const observation = new Observation(target.pattern, request.headers)
      const waitUntil: WaitUntil = (work) => context.waitUntil(work)
      const response = await target.serve({ request, param, waitUntil, services, observation })
      const { status } = response
      countRequest(services, observation, { status, seconds: (performance.now() - began) / 1000 })
      services.events.flush(observation, waitUntil)
      if (observation.problem !== undefined) response.headers.set('fader-trace', observation.trace.id)
      return isHead ? new Response(null, response) : response
    },
  }
}

function pathsOf(table: readonly Route[]): Paths<Target> {
  const paths = new Paths<Target>()
  const targetOf = (route: Route): Target => ({ pattern: route.path, serve: serveBy(route) })
  const named = table.filter(({ method }) => method !== 'ALL')
  for (const route of named) paths.add(route.method, route.path, targetOf(route))
  for (const pattern of new Set(named.map(({ path }) => path))) {
    const here = named.filter(({ path }) => path === pattern)
    paths.add('ALL', pattern, { pattern, serve: (asked) => otherMethod(asked, here) })
  }
  // What takes all the rest must not take the wrong methods of a path that has a row of its own.
  for (const route of table) if (route.method === 'ALL') paths.add('ALL', route.path, targetOf(route))
  return paths
}

const NOTHING: Found<Target> = { target: { pattern: '*', serve: nothingThere }, param: () => '' }

function nothingThere({ observation }: Asked): Response {
  return finished(problemOf(new Problem('not-found', 'No route has this path.'), observation).response(), {})
}

/** The matched route decides who is let in. Nothing is concluded from the path itself. */
function serveBy(route: Route): Serve {
  return async (asked) => {
    let caller: Caller | undefined
    try {
      caller = await admit(route, asked)
      if (isChange(route)) refuseCrossSite(asked.request)
      const reply = await route.handler({ ...asked, caller })
      if (route.sharing === 'as-answered' && reply instanceof Response) return reply
      return finished(reply, sharingOf(route, caller, asked))
    } catch (thrown) {
      const reply = route.failure?.(thrown, asked) ?? problemOf(thrown, asked.observation).response()
      return finished(reply, isForeign(thrown) ? {} : sharingOf(route, caller, asked))
    }
  }
}

function isChange({ method, access, sharing }: Route): boolean {
  return method !== 'GET' && access !== 'anyone' && sharing === 'same-origin'
}

/** A page that may not use its token may not read why either. */
function isForeign(thrown: unknown): boolean {
  return thrown instanceof Problem && thrown.kind === 'origin-refused'
}

function sharingOf(route: Route, caller: Caller | undefined, { request }: Asked): Given {
  return route.sharing === 'any-origin' ? sharingFor(caller, request) : {}
}

function otherMethod({ request: { method }, observation }: Asked, here: readonly Route[]): Response {
  const isShared = here.some((route) => route.sharing === 'any-origin')
  const methods = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  const allowed = isShared ? [...methods, 'OPTIONS'] : methods
  if (isShared && method === 'OPTIONS') return finished(preflight(allowed), {})
  const problem = new Problem('method-not-allowed', `This path takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  })
  return finished(problemOf(problem, observation).response(), isShared ? SHARED_WITH_ALL : {})
}

/** Makes the answer of a reply, with the headers that are not its own affair. */
function finished(reply: Reply, sharing: Given): Response {
  if (!(reply instanceof Response)) {
    const { status, body, headers } = reply
    return new Response(body, { status, headers: { ...headers, ...sharing, ...HYGIENE } })
  }
  if (reply.webSocket) return reply
  // One that was fetched must not be changed, so a copy of it is.
  try {
    return withHeaders(reply, sharing)
  } catch {
    return withHeaders(new Response(reply.body, reply), sharing)
  }
}

function withHeaders(response: Response, sharing: Given): Response {
  for (const [name, value] of Object.entries(HYGIENE)) response.headers.set(name, value)
  for (const [name, value] of Object.entries(sharing)) {
    if (name === 'vary') response.headers.append(name, value)
    else response.headers.set(name, value)
  }
  return response
}
