import { useEffect, useState } from 'react'

/** State that survives a reload of the tab. `read` gives nothing for what it does not recognise. */
export function useStored<T>(key: string, start: T, read: (stored: unknown) => T | undefined) {
  const [state, setState] = useState<T>(() => recall(key, read) ?? start)
  useEffect(() => keep(key, state), [key, state])
  return [state, setState] as const
}

/** A browser may refuse storage altogether. Then the state lives as long as the page. */
function recall<T>(key: string, read: (stored: unknown) => T | undefined): T | undefined {
  try {
    const text = sessionStorage.getItem(key)
    return text === null ? undefined : read(JSON.parse(text))
  } catch {
    return undefined
  }
}

function keep(key: string, state: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(state))
  } catch {
    // See above.
  }
}
