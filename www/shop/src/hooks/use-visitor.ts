import type { Client } from 'fader'
import { useLayoutEffect } from 'react'
import type { Basket } from '../basket.ts'
import { contextOf, type Visitor } from '../visitor.ts'
import { visitorOf } from '../visitors.ts'
import { useStored } from './use-stored.ts'

/** Who looks at the shop, kept over a reload. The client is told before the page is painted. */
export function useVisitor(client: Client, basket: Basket) {
  const [id, choose] = useStored('visitor', '', (stored) => (typeof stored === 'string' ? stored : undefined))
  const visitor: Visitor = visitorOf(id)
  useLayoutEffect(() => client.identify(contextOf(visitor, basket)), [client, visitor, basket])
  return [visitor, choose] as const
}
