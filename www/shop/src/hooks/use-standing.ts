import type { Client, Status } from 'fader'
import { useCallback, useMemo, useSyncExternalStore } from 'react'

/** How the client stands with its worker. */
export interface Standing {
  readonly status: Status
  readonly revision: number | undefined
  /** False when the page came without a key, and so cannot ask. */
  readonly hasKey: boolean
}

export function useStanding(client: Client, hasKey: boolean): Standing {
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client])
  const status = useSyncExternalStore(subscribe, () => client.status)
  const revision = useSyncExternalStore(subscribe, () => client.revision)
  return useMemo(() => ({ status, revision, hasKey }), [status, revision, hasKey])
}
