import { type Basket, linesOf, subtotalOf } from '../basket.ts'
import { BasketLine } from '../components/basket-line.tsx'
import { DeliveryMeter } from '../components/delivery-meter.tsx'
import { OrderSummary } from '../components/order-summary.tsx'
import { PageHead } from '../components/page-head.tsx'
import { hrefOf } from '../route.ts'

interface Props {
  readonly basket: Basket
  readonly onChange: (id: string, quantity: number) => void
}

export function BasketPage({ basket, onChange }: Props) {
  if (basket.length === 0) return <Empty />
  return (
    <>
      <PageHead title="Your basket" />
      <div className="with-summary">
        <div>
          <DeliveryMeter subtotal={subtotalOf(basket)} />
          <ul className="basket">
            {linesOf(basket).map(({ product, quantity }) => (
              <li key={product.id}>
                <BasketLine product={product} quantity={quantity} onChange={(value) => onChange(product.id, value)} />
              </li>
            ))}
          </ul>
        </div>
        <OrderSummary basket={basket} pictures={false}>
          <a className="button button--wide" href={hrefOf({ page: 'checkout' })}>
            To the checkout
          </a>
        </OrderSummary>
      </div>
    </>
  )
}

function Empty() {
  return (
    <>
      <PageHead title="Your basket is empty" text="The nights are long. A lamp, perhaps?" />
      <p>
        <a className="button" href={hrefOf({ page: 'category', category: 'lighting' })}>
          See the lamps
        </a>
      </p>
    </>
  )
}
