import type { Basket } from './basket.ts'
import type { Order } from './order.ts'

/** What both checkouts are given. */
export interface CheckoutProps {
  readonly basket: Basket
  readonly order: Order
  readonly onChange: (order: Order) => void
  readonly onBuy: () => void
}
