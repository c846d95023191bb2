import type { Client, Status } from 'fader'
import { useCallback, useMemo, useSyncExternalStore } from 'react'

/** How the client stands with its worker. */
export interface Standing {
  readonly status: Status
  readonly revision: number | undefined
}

export function useStanding(client: Client): Standing {
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client])
  const status = useSyncExternalStore(subscribe, () => client.status)
  const revision = useSyncExternalStore(subscribe, () => client.revision)
  return useMemo(() => ({ status, revision }), [status, revision])
}
