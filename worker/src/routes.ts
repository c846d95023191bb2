import type { RateClass } from './access/limit.ts'
import type { Places } from './access/presented.ts'
import type { Access } from './access/rights.ts'
import * as audit from './admin/audit.ts'
import * as definition from './admin/definition.ts'
import * as events from './admin/events.ts'
import * as flag from './admin/flag.ts'
import { preview } from './admin/preview.ts'
import * as token from './admin/token.ts'
import type { Call, Handler } from './call.ts'
import * as snapshot from './edge/snapshot.ts'
import { stream } from './edge/stream.ts'
import { record } from './events/record.ts'
import { health } from './observe/health.ts'
import { scrape } from './observe/scrape.ts'
import { failure } from './ofrep/failure.ts'
import * as ofrep from './ofrep/ofrep.ts'
import * as pages from './pages/files.ts'
import { forward } from './traffic/forward.ts'

/** One thing that can be asked of the worker. Who may ask has no default. */
export interface Route {
  /** `ALL` takes what no other route has the path of, whatever its method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ALL'
  readonly path: string
  readonly access: Access
  /** Whose pages may read the answer. `as-answered`: whoever answers in the worker's stead says it, as all else. */
  readonly sharing: 'any-origin' | 'same-origin' | 'as-answered'
  readonly handler: Handler
  /** How often one caller may call, where that is not the rate of the route's right. */
  readonly rate?: RateClass
  /** Where a token may stand, where that is more than headers. */
  readonly places?: Places
  /** What a failure looks like to callers that do not read problems. */
  readonly failure?: (thrown: unknown, asked: Omit<Call, 'caller'>) => Response
}

const open = { access: 'anyone', sharing: 'any-origin' } as const
const page = { access: 'anyone', sharing: 'same-origin' } as const
const evaluate = { access: 'evaluate', sharing: 'any-origin' } as const
const remote = { ...evaluate, failure } as const
const recorded = { access: 'record', sharing: 'any-origin', places: 'headers-and-address' } as const
const replicate = { access: 'replicate', sharing: 'same-origin' } as const
const person = { sharing: 'same-origin' } as const

/** Everything that the worker answers. What is not here is not found. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/healthz', ...open, handler: health },
  { method: 'GET', path: '/metrics', ...person, access: 'measure', handler: scrape },
  { method: 'GET', path: '/v1/snapshot', ...replicate, handler: snapshot.edge },
  { method: 'GET', path: '/v1/snapshot/client', ...evaluate, handler: snapshot.client },
  { method: 'GET', path: '/v1/bundle', ...replicate, handler: snapshot.bundle },
  { method: 'GET', path: '/v1/stream', ...evaluate, rate: 'stream', handler: stream },
  { method: 'POST', path: '/v1/events', ...recorded, handler: record },
  { method: 'POST', path: '/ofrep/v1/evaluate/flags', ...remote, handler: ofrep.all },
  // A flag's key may have slashes, and not every client encodes them.
  { method: 'POST', path: '/ofrep/v1/evaluate/flags/:key{.+}', ...remote, handler: ofrep.one },
  { method: 'GET', path: '/v1/admin/definition', ...person, access: 'read', handler: definition.read },
  { method: 'PUT', path: '/v1/admin/definition', ...person, access: 'define', handler: definition.publish },
  { method: 'GET', path: '/v1/admin/history', ...person, access: 'read', handler: definition.history },
  { method: 'POST', path: '/v1/admin/kill', ...person, access: 'kill', handler: flag.kill },
  { method: 'POST', path: '/v1/admin/override', ...person, access: 'override', handler: flag.override },
  { method: 'POST', path: '/v1/admin/preview', ...person, access: 'preview', handler: preview },
  { method: 'POST', path: '/v1/admin/state', ...person, access: 'steer', handler: flag.state },
  { method: 'POST', path: '/v1/admin/stage', ...person, access: 'steer', handler: flag.stage },
  { method: 'POST', path: '/v1/admin/traffic', ...person, access: 'steer', handler: flag.traffic },
  { method: 'POST', path: '/v1/admin/rollback', ...person, access: 'roll-back', handler: definition.rollBack },
  { method: 'GET', path: '/v1/admin/tokens', ...person, access: 'administer', handler: token.list },
  { method: 'POST', path: '/v1/admin/tokens', ...person, access: 'administer', handler: token.grant },
  { method: 'DELETE', path: '/v1/admin/tokens/:id', ...person, access: 'administer', handler: token.revoke },
  { method: 'GET', path: '/v1/admin/audit', ...person, access: 'read', handler: audit.page },
  { method: 'GET', path: '/v1/admin/audit/head', ...person, access: 'read', handler: audit.head },
  { method: 'GET', path: '/v1/admin/events', ...person, access: 'read', handler: events.account },
  { method: 'GET', path: '/shop', ...page, handler: pages.withSlash },
  { method: 'GET', path: '/shop/*', ...page, handler: pages.withAnswers },
  { method: 'GET', path: '/console', ...page, handler: pages.withSlash },
  { method: 'GET', path: '/console/*', ...page, handler: pages.file },
  { method: 'GET', path: '/assets/*', ...page, handler: pages.file },
  { method: 'ALL', path: '*', access: 'anyone', sharing: 'as-answered', handler: forward },
]
