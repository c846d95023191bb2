import type { FormEvent } from 'react'
import { totalsOf } from '../basket.ts'
import type { CheckoutProps } from '../checkout-props.ts'
import { AddressFields } from '../components/address-fields.tsx'
import { ExpressPay } from '../components/express-pay.tsx'
import { GiftWrapping } from '../components/gift-wrapping.tsx'
import { DeliveryChoice, PaymentChoice } from '../components/order-choices.tsx'
import { OrderSummary } from '../components/order-summary.tsx'
import { PageHead } from '../components/page-head.tsx'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { euro } from '../money.ts'

/** The new checkout: everything on one page, with the order in sight. */
export function CheckoutPage(props: CheckoutProps) {
  const { basket, order, onChange, onBuy } = props
  const { total } = totalsOf(basket, useFeature(flags.freeDeliveryFrom))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onBuy()
  }
  return (
    <div data-testid="checkout-new">
      <PageHead title="Check, pay, done" text="One page. Nothing is charged before you press the button." />
      <form className="with-summary one-page" onSubmit={submit}>
        <div className="one-page__parts">
          <ExpressPay onPay={onBuy} />
          <section className="part">
            <h2 className="part__title">Where to</h2>
            <AddressFields address={order.address} onChange={(address) => onChange({ ...order, address })} />
          </section>
          <section className="part part--tiles">
            <DeliveryChoice legend="How fast" order={order} onChange={onChange} />
          </section>
          <section className="part part--tiles">
            <PaymentChoice legend="How to pay" order={order} onChange={onChange} />
          </section>
        </div>
        <OrderSummary basket={basket} pictures>
          <GiftWrapping order={order} onChange={onChange} />
          <button type="submit" className="button button--wide button--pay">
            Pay {euro(total)}
          </button>
          <p className="summary__note">Sixty days to send it back.</p>
        </OrderSummary>
      </form>
    </div>
  )
}
