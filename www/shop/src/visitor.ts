import type { Context } from 'fader'
import { type Basket, countOf, linesOf, subtotalOf } from './basket.ts'

/** Somebody who looks at the shop, and what the shop knows about them. */
export interface Visitor {
  readonly id: string
  readonly name: string
  /** Who that is, in a few words. */
  readonly note: string
  readonly address: Address
  readonly context: Context
}

export interface Address {
  readonly email: string
  readonly name: string
  readonly street: string
  readonly place: string
  readonly country: string
}

/** The context of an evaluation: who it is, and what is in the basket at this moment, if anything is. */
export function contextOf(visitor: Visitor, basket: Basket): Context {
  if (basket.length === 0) return visitor.context
  const lines = linesOf(basket).map(({ product, quantity }) => ({
    category: product.category,
    price: product.price,
    quantity,
  }))
  return { ...visitor.context, basket: { total: subtotalOf(basket), items: countOf(basket), lines } }
}
