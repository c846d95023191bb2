import type { Client } from 'fader'
import { useLayoutEffect } from 'react'
import type { Basket } from '../basket.ts'
import { contextOf, type Visitor } from '../visitor.ts'
import { useStored } from './use-stored.ts'

/** One at least, and the first is who one is as long as nothing was chosen. */
export type People = readonly [Visitor, ...Visitor[]]

/** Who looks at the shop, kept over a reload. The client is told before the page is painted. */
export function useVisitor(client: Client, people: People, basket: Basket) {
  const [id, choose] = useStored('visitor', '', (stored) => (typeof stored === 'string' ? stored : undefined))
  const visitor = people.find((person) => person.id === id) ?? people[0]
  useLayoutEffect(() => void client.identify(contextOf(visitor, basket)), [client, visitor, basket])
  return [visitor, choose] as const
}
