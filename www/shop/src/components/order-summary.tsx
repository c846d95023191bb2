import type { ReactNode } from 'react'
import { type Basket, linesOf, totalsOf } from '../basket.ts'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { euro } from '../money.ts'
import { Picture } from './picture.tsx'

interface Props {
  readonly basket: Basket
  readonly pictures: boolean
  readonly children?: ReactNode
}

/** What is bought, and what it costs. */
export function OrderSummary({ basket, pictures, children }: Props) {
  const { subtotal, delivery, total } = totalsOf(basket, useFeature(flags.freeDeliveryFrom))
  return (
    <aside className="summary" aria-label="Your order">
      <h2 className="summary__title">Your order</h2>
      <ul className="summary__lines">
        {linesOf(basket).map(({ product, quantity }) => (
          <li key={product.id}>
            {pictures && <Picture of={product.id} alt="" shape="portrait" />}
            <span>
              {product.name} <span className="soft">× {quantity}</span>
            </span>
            <span>{euro(product.price * quantity)}</span>
          </li>
        ))}
      </ul>
      <dl className="summary__sums">
        <dt>Subtotal</dt>
        <dd>{euro(subtotal)}</dd>
        <dt>Delivery</dt>
        <dd>{delivery === 0 ? 'Free' : euro(delivery)}</dd>
        <dt className="summary__total">Total, tax included</dt>
        <dd className="summary__total">{euro(total)}</dd>
      </dl>
      {children}
    </aside>
  )
}
