import type { Edge, WaitUntil } from './edge/edge.ts'
import type { Settings } from './env.ts'
import type { FlagStore } from './objects/flag-store.ts'

/** The methods of the store that routes use, whether it is near or far. */
export interface Store {
  publish(...args: Parameters<FlagStore['publish']>): ReturnType<FlagStore['publish']>
  current(): Promise<ReturnType<FlagStore['current']>>
  newer(...args: Parameters<FlagStore['newer']>): Promise<ReturnType<FlagStore['newer']>>
  history(...args: Parameters<FlagStore['history']>): Promise<ReturnType<FlagStore['history']>>
}

/** What lives as long as the isolate. */
export interface Services {
  readonly settings: Settings
  readonly edge: Edge
  /** A stub is of no use after it failed, so every call takes a new one. */
  readonly store: () => Store
  readonly assets: Pick<Fetcher, 'fetch'>
}

/** One request, as a handler sees it. */
export interface Call {
  readonly request: Request
  /** What stands in the path for `name`, decoded. */
  readonly param: (name: string) => string
  readonly waitUntil: WaitUntil
  readonly services: Services
}

export type Handler = (call: Call) => Response | Promise<Response>
