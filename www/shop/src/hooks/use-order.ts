import { useState } from 'react'
import { type Order, orderOf } from '../order.ts'
import type { Visitor } from '../visitor.ts'

/** What the visitor has filled in so far. Another visitor begins anew. */
export function useOrder(visitor: Visitor) {
  const [draft, setDraft] = useState({ of: visitor.id, order: orderOf(visitor) })
  const order = draft.of === visitor.id ? draft.order : orderOf(visitor)
  return [order, (next: Order) => setDraft({ of: visitor.id, order: next })] as const
}
