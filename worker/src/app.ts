import { type Context, Hono } from 'hono'
import { admit } from './access/admit.ts'
import { preflight, shareWithAnyOrigin } from './access/sharing.ts'
import type { Services } from './call.ts'
import { observationOf, observe } from './observe/observe.ts'
import { Problem, problemOf } from './problem.ts'
import { type Route, routes } from './routes.ts'

/** Says of an answer that it is passed on as it was given. */
const AS_ANSWERED = 'as-answered'

/** Makes the worker of a table of routes. */
export function createApp(services: Services, table: readonly Route[] = routes): Hono {
  const app = new Hono({ getPath: pathAsSent })
  app.onError((error, c) => problemOf(error, observationOf(c)).response())
  app.notFound((c) => problemOf(new Problem('not-found', 'No route has this path.'), observationOf(c)).response())
  app.use(observe(services))
  app.use(hygiene)
  const exact = table.filter(({ method }) => method !== 'ALL')
  for (const route of exact) app.on(route.method, route.path, serve(route, services))
  for (const path of new Set(exact.map((route) => route.path))) {
    const here = exact.filter((route) => route.path === path)
    app.all(path, (c) => otherMethod(c.req.method, here))
  }
  for (const route of table) if (route.method === 'ALL') app.all(route.path, serve(route, services))
  return app
}

/** Undecoded, so that there is one way to write a path, and what is matched is what was sent. */
function pathAsSent(request: Request): string {
  return new URL(request.url).pathname
}

/** For every answer of the worker's own. */
async function hygiene(c: Context, next: () => Promise<void>): Promise<void> {
  await next()
  if (c.get(AS_ANSWERED) === true) return
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
}

/** The matched route decides who is let in. Nothing is concluded from the path itself. */
function serve(route: Route, services: Services) {
  return async (c: Context): Promise<Response> => {
    const asked = {
      request: c.req.raw,
      param: (name: string) => c.req.param(name) ?? '',
      waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work),
      services,
      observation: observationOf(c),
    }
    const response = await admit(route.access, asked)
      .then(async (caller) => {
        const answer = await route.handler({ ...asked, caller })
        c.set(AS_ANSWERED, route.sharing === 'as-answered')
        return answer
      })
      .catch((thrown: unknown) => problemOf(thrown, asked.observation).response())
    if (route.sharing === 'any-origin') shareWithAnyOrigin(response.headers)
    return response
  }
}

function otherMethod(method: string, here: readonly Route[]): Response {
  const isShared = here.some((route) => route.sharing === 'any-origin')
  const methods = here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  const allowed = isShared ? [...methods, 'OPTIONS'] : methods
  if (isShared && method === 'OPTIONS') return preflight(allowed)
  const response = new Problem('method-not-allowed', `This path takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  }).response()
  if (isShared) shareWithAnyOrigin(response.headers)
  return response
}
