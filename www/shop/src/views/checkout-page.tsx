import type { FormEvent } from 'react'
import { totalsOf } from '../basket.ts'
import type { CheckoutProps } from '../checkout-props.ts'
import { AddressFields } from '../components/address-fields.tsx'
import { Choice } from '../components/choice.tsx'
import { ExpressPay } from '../components/express-pay.tsx'
import { GiftWrapping } from '../components/gift-wrapping.tsx'
import { OrderSummary } from '../components/order-summary.tsx'
import { PageHead } from '../components/page-head.tsx'
import { euro } from '../money.ts'
import { deliveryOptions, paymentOf, paymentOptions } from '../order.ts'

/** The new checkout: everything on one page, with the order in sight. */
export function CheckoutPage(props: CheckoutProps) {
  const { basket, order, features, onChange, onBuy } = props
  const { total } = totalsOf(basket, features.freeDeliveryFrom)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onBuy()
  }
  return (
    <div data-testid="checkout-new">
      <PageHead title="Check, pay, done" text="One page. Nothing is charged before you press the button." />
      <form className="with-summary one-page" onSubmit={submit}>
        <div className="one-page__parts">
          {features.expressPay !== 'none' && <ExpressPay wallet={features.expressPay} onPay={onBuy} />}
          <section className="part">
            <h2 className="part__title">Where to</h2>
            <AddressFields address={order.address} onChange={(address) => onChange({ ...order, address })} />
          </section>
          <Choices {...props} />
        </div>
        <OrderSummary basket={basket} freeDeliveryFrom={features.freeDeliveryFrom} pictures>
          {features.giftWrapping && <GiftWrapping order={order} onChange={onChange} />}
          <button type="submit" className="button button--wide button--pay">
            Pay {euro(total)}
          </button>
          <p className="summary__note">Sixty days to send it back.</p>
        </OrderSummary>
      </form>
    </div>
  )
}

function Choices({ order, features, onChange }: CheckoutProps) {
  return (
    <>
      <section className="part part--tiles">
        <Choice
          legend="How fast"
          name="delivery"
          options={deliveryOptions(features.deliveryPromise.text)}
          chosen={order.delivery}
          onChoose={(id) => onChange({ ...order, delivery: id === 'point' ? 'point' : 'home' })}
        />
      </section>
      <section className="part part--tiles">
        <Choice
          legend="How to pay"
          name="payment"
          options={paymentOptions(features.payments)}
          chosen={paymentOf(order, features.payments)}
          onChoose={(payment) => onChange({ ...order, payment })}
        />
      </section>
    </>
  )
}
