import type { KnownKeys } from './access/known-keys.ts'
import type { Limits } from './access/limit.ts'
import type { Caller } from './access/token.ts'
import type { Edge } from './edge/edge.ts'
import type { Listeners } from './edge/listeners.ts'
import type { Settings } from './env.ts'
import type { Ledgers } from './events/ledgers.ts'
import type { Pseudonyms } from './events/pseudonyms.ts'
import type { FlagStore } from './objects/flag-store.ts'
import type { EvaluationEvents } from './observe/events.ts'
import type { Metrics } from './observe/metrics.ts'
import type { Observation } from './observe/observation.ts'
import type { Answers } from './ofrep/answers.ts'
import type { Cookies } from './traffic/cookie.ts'
import type { Traffic } from './traffic/traffic.ts'

/** Keeps work alive after the answer to the request that started it. */
export type WaitUntil = (work: Promise<unknown>) => void

/** The methods of the store that the worker uses, whether it is near or far. */
export type Store = {
  [Name in
    | 'head'
    | 'bundle'
    | 'actor'
    | 'operate'
    | 'preview'
    | 'definition'
    | 'history'
    | 'tokens'
    | 'grant'
    | 'revoke'
    | 'audit'
    | 'auditHead']: (...args: Parameters<FlagStore[Name]>) => Promise<Awaited<ReturnType<FlagStore[Name]>>>
}

/** What lives as long as the isolate. */
export interface Services {
  readonly settings: Settings
  readonly edge: Edge
  readonly listeners: Listeners
  /** A stub is of no use after it failed, so every call takes a new one. */
  readonly store: () => Store
  readonly assets: Pick<Fetcher, 'fetch'>
  readonly metrics: Metrics
  readonly events: EvaluationEvents
  readonly ledgers: Ledgers
  readonly pseudonyms: Pseudonyms
  readonly cookies: Cookies
  /** Absent where no table of origins is configured. */
  readonly traffic: Traffic | undefined
  readonly limits: Limits
  readonly knownKeys: KnownKeys
  readonly answers: Answers
}

/** One request, as a handler sees it. */
export interface Call {
  readonly request: Request
  /** What stands in the path for `name`, decoded. */
  readonly param: (name: string) => string
  readonly waitUntil: WaitUntil
  readonly services: Services
  readonly observation: Observation
  /** Who asks. The route's entry has let them in. */
  readonly caller: Caller
}

/** An answer that is not a Response yet: the headers that all answers have are put in as it is made, which is cheaper. */
export interface Plain {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export type Reply = Response | Plain

export type Handler = (call: Call) => Reply | Promise<Reply>
