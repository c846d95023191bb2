import type { Result, Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { admit } from './access/admit.ts'
import { refuseCrossSite } from './access/cross-site.ts'
import { preflight, SHARED_WITH_ALL, sharingFor } from './access/sharing.ts'
import type { Caller } from './access/token.ts'
import type { Call, Services } from './call.ts'
import type { WaitUntil } from './edge/edge.ts'
import { Problem, problemOf } from './problem.ts'
import { type Route, routes } from './routes.ts'

/** The worker, as a function of requests. */
export interface App {
  fetch(request: Request, env: unknown, context: { waitUntil: WaitUntil }): Promise<Response>
}

type Asked = Omit<Call, 'caller'>
type Serve = (asked: Asked) => Response | Promise<Response>

/** What a method and a path lead to. */
interface Found {
  readonly serve: Serve
  readonly param: (name: string) => string
}

/** For every answer, whoever made it. */
const HYGIENE = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** Makes the worker of a table of routes. */
export function createApp(services: Services, table: readonly Route[] = routes): App {
  const router = routerOf(table)
  return {
    fetch: async (request, _, context) => {
      const isHead = request.method === 'HEAD'
      const { serve, param } = find(router, isHead ? 'GET' : request.method, pathAsSent(request))
      const waitUntil: WaitUntil = (work) => context.waitUntil(work)
      const response = withHeaders(await serve({ request, param, waitUntil, services }), HYGIENE)
      return isHead ? new Response(null, response) : response
    },
  }
}

/** Only the library's routers are used. What it makes around a request besides would cost more than most answers do. */
function routerOf(table: readonly Route[]): Router<Serve> {
  const router = new SmartRouter<Serve>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const isRest = ({ path }: Route) => path === '*' || path === '/*'
  const named = table.filter((route) => !isRest(route))
  for (const route of named) router.add(route.method, route.path, serveBy(route))
  for (const path of new Set(named.map((route) => route.path))) {
    const here = named.filter((route) => route.path === path)
    router.add('ALL', path, ({ request }) => otherMethod(request.method, here))
  }
  // What takes all the rest must not take the wrong methods of a path that has a row of its own.
  for (const route of table.filter(isRest)) router.add(route.method, route.path, serveBy(route))
  return router
}

function find(router: Router<Serve>, method: string, path: string): Found {
  const result: Result<Serve> = router.match(method, path)
  const [first] = result[0]
  if (first === undefined) return { serve: nothingThere, param: () => '' }
  const [serve, params] = first
  return { serve, param: (name) => decoded(textAt(params[name], result[1])) }
}

/** Where paths are matched by one expression, a parameter is a place in what it found. */
function textAt(at: string | number | undefined, found: readonly string[] | undefined): string {
  return (typeof at === 'number' ? found?.[at] : at) ?? ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Undecoded, so that there is one way to write a path, and what is matched is what was sent. */
function pathAsSent(request: Request): string {
  return new URL(request.url).pathname
}

function nothingThere(): Response {
  return new Problem('not-found', 'No route has this path.').response()
}

/** The matched route decides who is let in. Nothing is concluded from the path itself. */
function serveBy(route: Route): Serve {
  return async (asked) => {
    let caller: Caller | undefined
    try {
      caller = await admit(route, asked)
      if (isChange(route)) refuseCrossSite(asked.request)
      return withSharing(route, await route.handler({ ...asked, caller }), { asked, caller })
    } catch (thrown) {
      return withSharing(route, failureOf(route, thrown, asked), { asked, caller, thrown })
    }
  }
}

function isChange({ method, access, sharing }: Route): boolean {
  return method !== 'GET' && access !== 'anyone' && sharing === 'same-origin'
}

function failureOf(route: Route, thrown: unknown, asked: Asked): Response {
  return route.failure?.(thrown, asked) ?? problemOf(thrown).response()
}

interface Ending {
  readonly asked: Asked
  readonly caller: Caller | undefined
  readonly thrown?: unknown
}

function withSharing(route: Route, response: Response, { asked, caller, thrown }: Ending): Response {
  const isForeign = thrown instanceof Problem && thrown.kind === 'origin-refused'
  if (route.sharing !== 'any-origin' || isForeign) return response
  return withHeaders(response, sharingFor(caller, asked.request))
}

function otherMethod(method: string, here: readonly Route[]): Response {
  const isShared = here.some((route) => route.sharing === 'any-origin')
  const methods = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  const allowed = isShared ? [...methods, 'OPTIONS'] : methods
  if (isShared && method === 'OPTIONS') return preflight(allowed)
  const response = new Problem('method-not-allowed', `This path takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  }).response()
  return isShared ? withHeaders(response, SHARED_WITH_ALL) : response
}

/** Sets headers on an answer, or on a copy of one that was fetched and must not be changed. */
function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  if (response.webSocket) return response
  try {
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'vary') response.headers.append(name, value)
      else response.headers.set(name, value)
    }
    return response
  } catch {
    return withHeaders(new Response(response.body, response), headers)
  }
}
