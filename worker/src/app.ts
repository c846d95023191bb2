import type { Result, Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { admit } from './access/admit.ts'
import { refuseCrossSite } from './access/cross-site.ts'
import { preflight, SHARED_WITH_ALL, sharingFor } from './access/sharing.ts'
import type { Caller } from './access/token.ts'
import type { Call, Reply, Services } from './call.ts'
import type { WaitUntil } from './edge/edge.ts'
import { Problem, problemOf } from './problem.ts'
import { type Route, routes } from './routes.ts'

/** The worker, as a function of requests. */
export interface App {
  fetch(request: Request, env: unknown, context: { waitUntil: WaitUntil }): Promise<Response>
}

type Asked = Omit<Call, 'caller'>
type Given = Readonly<Record<string, string>>
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
      const response = await serve({ request, param, waitUntil, services })
      return isHead ? new Response(null, response) : response
    },
  }
}

/** Only the library's routers are used. What it makes around a request besides would cost more than most answers do. */
function routerOf(table: readonly Route[]): Router<Serve> {
  const router = new SmartRouter<Serve>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const named = table.filter(({ method }) => method !== 'ALL')
  for (const route of named) router.add(route.method, route.path, serveBy(route))
  for (const path of new Set(named.map((route) => route.path))) {
    const here = named.filter((route) => route.path === path)
    router.add('ALL', path, ({ request }) => otherMethod(request.method, here))
  }
  // What takes all the rest must not take the wrong methods of a path that has a row of its own.
  for (const route of table) if (route.method === 'ALL') router.add('ALL', route.path, serveBy(route))
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

/** A path that the platform cannot have written in another way, and the end of the address. */
const PLAIN_PATH = /^https?:\/\/[^/?#]+(\/[A-Za-z0-9/_-]*)(?:[?#]|$)/

/**
 * Undecoded, so that there is one way to write a path, and what is matched is what was sent. Most paths can be cut out
 * of the address, and what has a dot, a percent sign or anything else unusual is parsed.
 */
function pathAsSent({ url }: Request): string {
  return PLAIN_PATH.exec(url)?.[1] ?? new URL(url).pathname
}

function nothingThere(): Response {
  return finished(new Problem('not-found', 'No route has this path.').response(), {})
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
      const reply = route.failure?.(thrown, asked) ?? problemOf(thrown).response()
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

function otherMethod(method: string, here: readonly Route[]): Response {
  const isShared = here.some((route) => route.sharing === 'any-origin')
  const methods = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  const allowed = isShared ? [...methods, 'OPTIONS'] : methods
  if (isShared && method === 'OPTIONS') return finished(preflight(allowed), {})
  const problem = new Problem('method-not-allowed', `This path takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  })
  return finished(problem.response(), isShared ? SHARED_WITH_ALL : {})
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
