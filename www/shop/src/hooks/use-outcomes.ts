import type { Client, Outcome } from 'fader'
import { useCallback, useMemo, useSyncExternalStore } from 'react'

/** The outcome of every flag of the snapshot, in the order of their names. */
export function useOutcomes(client: Client): readonly Outcome[] {
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client])
  const outcomes = useSyncExternalStore(subscribe, () => client.all())
  return useMemo(() => outcomes.toSorted((a, b) => (a.flag < b.flag ? -1 : 1)), [outcomes])
}
