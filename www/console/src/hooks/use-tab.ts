import { useSyncExternalStore } from 'react'

export const tabs = ['flags', 'definition', 'history'] as const

export type Tab = (typeof tabs)[number]

/** The tab that the address names. An empty store has nothing to list, so the editor comes first. */
export function useTab(isEmpty: boolean): Tab {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  const named = tabs.find((tab) => hash === `#${tab}`)
  return named ?? (isEmpty ? 'definition' : 'flags')
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
