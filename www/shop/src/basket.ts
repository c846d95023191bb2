import type { Product } from './catalogue/product.ts'
import { productOf } from './catalogue/products.ts'

export interface Line {
  readonly id: string
  readonly quantity: number
}

/** What a visitor is about to buy, in the order in which it was put in. */
export type Basket = readonly Line[]

export const MOST_OF_ONE = 12
const DELIVERY = 6

export function withQuantity(basket: Basket, id: string, quantity: number): Basket {
  const capped = Math.min(quantity, MOST_OF_ONE)
  if (capped <= 0) return basket.filter((line) => line.id !== id)
  if (!basket.some((line) => line.id === id)) return [...basket, { id, quantity: capped }]
  return basket.map((line) => (line.id === id ? { id, quantity: capped } : line))
}

export const quantityOf = (basket: Basket, id: string): number => basket.find((line) => line.id === id)?.quantity ?? 0

export const countOf = (basket: Basket): number => basket.reduce((count, { quantity }) => count + quantity, 0)

export function linesOf(basket: Basket): readonly { product: Product; quantity: number }[] {
  return basket.flatMap(({ id, quantity }) => {
    const product = productOf(id)
    return product === undefined ? [] : [{ product, quantity }]
  })
}

export const subtotalOf = (basket: Basket): number =>
  linesOf(basket).reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)

export interface Totals {
  readonly subtotal: number
  readonly delivery: number
  readonly total: number
  /** How much is missing until delivery is free. */
  readonly missing: number
}

export function totalsOf(basket: Basket, freeDeliveryFrom: number): Totals {
  const subtotal = subtotalOf(basket)
  const missing = Math.max(0, freeDeliveryFrom - subtotal)
  const delivery = missing > 0 && subtotal > 0 ? DELIVERY : 0
  return { subtotal, delivery, total: subtotal + delivery, missing }
}

/** Reads what a former visit stored, and drops what is no longer sold. */
export function readBasket(stored: unknown): Basket | undefined {
  if (!Array.isArray(stored)) return undefined
  return stored.filter(
    (line): line is Line =>
      typeof line?.id === 'string' &&
      Number.isInteger(line.quantity) &&
      line.quantity > 0 &&
      productOf(line.id) !== undefined,
  )
}
