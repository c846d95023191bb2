'use client'

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { readBootstrap } from './bootstrap.js'
import { isLike } from './kind.js'
import { StillClient } from './still.js'
import type { Bootstrap, Client, FlagKey, Outcome, Status, Value, VariantOf } from './types.js'

export interface FaderProviderProps {
  /** Absent on a server: there the answers are those of `bootstrap`, and nothing is asked or recorded. */
  readonly client?: Client | undefined
  /**
   * What the server rendered with, and false where it had nothing. By default it is what stands in the page. Give the
   * client the same.
   */
  readonly bootstrap?: Bootstrap | false | undefined
  readonly children?: ReactNode
}

/** What components get their answers from. */
interface Source {
  readonly client: Client
  readonly subscribe: (listener: () => void) => () => void
  readonly read: (flag: string) => Outcome
  /** What the server rendered, with which hydration has to agree, whatever the client has by then. */
  readonly painted: (flag: string) => Outcome
  readonly paintedStatus: Status
}

const Sourced = createContext<Source | undefined>(undefined)

/** Gives every component below the answers of one client. */
export function FaderProvider({ client, bootstrap, children }: FaderProviderProps): ReactNode {
  // What was painted stays what it was, also when a server component hands over another one later.
  const [painted] = useState(() => new StillClient(bootstrap ?? inPage()))
  const source = useMemo(() => sourceOf(client ?? painted, painted), [client, painted])
  return <Sourced.Provider value={source}>{children}</Sourced.Provider>
}

/** The client, to identify somebody or to track something. On a server it does neither. */
export function useClient(): Client {
  return useSource().client
}

/** The flag's value, or the fallback, as `client.value` gives it. It is exposed when it was shown. */
export const useFlag = ((flag: FlagKey, fallback: Value): Value => {
  const { value } = useShown(flag)
  return isLike(value, fallback) ? value : fallback
}) as Client['value']

/** The name of the flag's variant, or the fallback. It is exposed when it was shown. */
export function useVariant<K extends FlagKey>(flag: K, fallback?: VariantOf<K>): VariantOf<K> | undefined {
  const { variant } = useShown(flag)
  return variant === null ? fallback : (variant as VariantOf<K>)
}

/** The whole outcome. As with `client.outcome` nothing is recorded: whoever shows what it decides calls `expose`. */
export function useOutcome(flag: FlagKey): Outcome {
  const { subscribe, read, painted } = useSource()
  return useSyncExternalStore(
    subscribe,
    () => read(flag),
    () => painted(flag),
  )
}

/** How the client stands. */
export function useStatus(): Status {
  const { subscribe, client, paintedStatus } = useSource()
  return useSyncExternalStore(
    subscribe,
    () => client.status,
    () => paintedStatus,
  )
}

/** What was rendered may never be seen; what an effect sees was. */
function useShown(flag: FlagKey): Outcome {
  const { client, read } = useSource()
  const outcome = useOutcome(flag)
  useEffect(() => {
    // Where the client has got another answer meanwhile, that one is rendered next, and exposed then.
    if (read(flag) === outcome) client.expose(flag)
  }, [client, read, flag, outcome])
  return outcome
}

function useSource(): Source {
  const source = useContext(Sourced)
  if (source === undefined) throw new Error('there is no <FaderProvider> around this component')
  return source
}

function sourceOf(client: Client, server: Client): Source {
  const { context } = client
  let isHydrating = false
  return {
    client,
    subscribe: (listener) => client.subscribe(listener),
    // A client that has nothing yet must not take away what the server painted for the same person.
    read: (flag) => (client.revision === undefined && client.context === context ? server : client).outcome(flag),
    painted: (flag) => {
      // All of it is on the screen, also what is hydrated later: it is kept as if it had been read.
      if (!isHydrating) for (const painted of server.all()) client.outcome(painted.flag as FlagKey)
      isHydrating = true
      return server.outcome(flag)
    },
    paintedStatus: server.status,
  }
}

const inPage = (): Bootstrap | undefined => (typeof document === 'undefined' ? undefined : readBootstrap(document))
