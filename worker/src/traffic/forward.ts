import type { Call, Handler } from '../call.ts'
import { evaluated } from '../observe/evaluated.ts'
import { isHtml, withBootstrap } from '../pages/bootstrap.ts'
import { Problem } from '../problem.ts'
import { type Choice, choose, NONE } from './choose.ts'
import { publicLocation, towardsClient, towardsOrigin } from './headers.ts'
import { mayBeMirrored } from './mirror.ts'
import { record } from './record.ts'
import { settle } from './settle.ts'
import { type Origin, routeOf, type TrafficRoute } from './table.ts'
import type { Traffic } from './traffic.ts'
import type { Answer, Outgoing } from './upstream.ts'
import { type Visitor, visitorOf, withCookie } from './visitor.ts'

/** Everything of one request that is passed on. */
interface Passage {
  readonly call: Call
  readonly traffic: Traffic
  readonly route: TrafficRoute
  readonly url: URL
  readonly visitor: Visitor
}

const RETRY_S = 1

/** `* /*`: what no other route has is passed on to an origin that a flag chooses. */
export const forward: Handler = async (call) => {
  const { traffic, edge, cookies, metrics } = call.services
  const url = new URL(call.request.url)
  const route = traffic && routeOf(traffic.table, url.pathname)
  if (traffic === undefined || route === undefined) throw new Problem('not-found', 'No route has this path.')
  const visitor = await visitorOf(call.request, url, cookies)
  const passage = { call, traffic, route, url, visitor }
  await settle(edge, call.waitUntil)
  const choice = choose(route, traffic.table, edge.standing.adopted?.engine, visitor.context)
  evaluated(call, 'traffic', choice.outcomes)
  if (choice.shedS !== undefined) {
    metrics.add('routing_shed', { route: route.path, flag: route.shed ?? NONE })
    throw new Problem('shed', 'There is too much to do. Come again later.', { headers: retryAfter(choice.shedS) })
  }
  return await pass(passage, choice)
}

async function pass(passage: Passage, choice: Choice): Promise<Response> {
  const { call, traffic, route } = passage
  const outgoing = outgoingOf(passage)
  if (choice.mirror !== undefined && mayBeMirrored(outgoing) && !traffic.upstream.isSpared(choice.mirror)) {
    call.waitUntil(traffic.mirror.copy(route, choice.mirror, outgoing))
  }
  const first = await ask(passage, choice, choice.origin, outgoing)
  const again = first.kind !== 'answered' && choice.origin !== route.safe && mayGoAgain(outgoing, first)
  const last = again ? await ask(passage, choice, route.safe, outgoing) : first
  if (again) {
    call.services.metrics.add('routing_fallbacks', { route: route.path, origin: choice.origin.name })
  }
  return last.kind === 'answered' ? await dress(last.response, passage) : fail(last)
}

async function ask(passage: Passage, choice: Choice, origin: Origin, outgoing: Outgoing): Promise<Answer> {
  const { call, traffic, route } = passage
  const began = Date.now()
  const answer = await traffic.upstream.ask(origin, outgoing)
  record(call.services.metrics, { route, choice, origin, answer, tookMs: Date.now() - began })
  return answer
}

function outgoingOf({ call, route, url }: Passage): Outgoing {
  const { method, headers, body } = call.request
  const isPage = route.bootstrap && method === 'GET' && headers.get('accept')?.includes('text/html') === true
  return { method, target: url.pathname + url.search, headers: towardsOrigin(headers, { url, isPage }), body }
}

/** What changes nothing may be asked twice, and what was never sent may still be sent. */
function mayGoAgain({ method, body }: Outgoing, answer: Answer): boolean {
  return answer.kind === 'spared' || (body === null && ['GET', 'HEAD', 'OPTIONS'].includes(method))
}

function fail(answer: Exclude<Answer, { kind: 'answered' }>): never {
  const afterS = answer.kind === 'spared' ? Math.max(RETRY_S, Math.ceil(answer.waitMs / 1000)) : RETRY_S
  const headers = retryAfter(afterS)
  if (answer.kind === 'late') throw new Problem('origin-late', 'It did not begin to answer in time.', { headers })
  throw new Problem('origin-unreachable', 'It could not be reached.', { headers })
}

function retryAfter(afterS: number): Record<string, string> {
  return { 'retry-after': String(afterS) }
}

/** The origin's answer as the visitor gets it. */
async function dress(answered: Response, passage: Passage): Promise<Response> {
  const { traffic, route, url, visitor, call } = passage
  const headers = towardsClient(answered.headers)
  const location = headers.get('location')
  if (location !== null) headers.set('location', publicLocation(location, traffic.hosts, url))
  const { status, statusText, webSocket } = answered
  if (webSocket !== null) return new Response(null, { status, webSocket, headers })
  const response = new Response(answered.body, { status, statusText, headers })
  const page = route.bootstrap && isHtml(response) ? withBootstrap(response, visitor, call) : response
  return await withCookie(page, visitor)
}
