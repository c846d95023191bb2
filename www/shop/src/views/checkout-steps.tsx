import { type FormEvent, useState } from 'react'
import type { CheckoutProps } from '../checkout-props.ts'
import { AddressFields } from '../components/address-fields.tsx'
import { GiftWrapping } from '../components/gift-wrapping.tsx'
import { DeliveryChoice, PaymentChoice } from '../components/order-choices.tsx'
import { OrderSummary } from '../components/order-summary.tsx'
import { PageHead } from '../components/page-head.tsx'

const steps = ['Address', 'Delivery', 'Payment', 'Review'] as const

/** The checkout of old: four pages, one after the other. */
export function CheckoutSteps(props: CheckoutProps) {
  const [step, setStep] = useState(0)
  const isLast = step === steps.length - 1
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isLast) props.onBuy()
    else setStep(step + 1)
  }
  return (
    <div className="steps" data-testid="checkout-old">
      <PageHead title="Checkout" />
      <ol className="steps__list">
        {steps.map((name, index) => (
          <li key={name} aria-current={index === step ? 'step' : undefined}>
            {name}
          </li>
        ))}
      </ol>
      <form className="steps__form" onSubmit={submit}>
        <Step step={step} {...props} />
        <p className="steps__buttons">
          {step > 0 && (
            <button type="button" className="button button--quiet" onClick={() => setStep(step - 1)}>
              Back
            </button>
          )}
          <button type="submit" className="button">
            {isLast ? 'Place the order' : `Continue to ${steps[step + 1]?.toLowerCase()}`}
          </button>
        </p>
      </form>
    </div>
  )
}

function Step({ step, basket, order, onChange }: CheckoutProps & { readonly step: number }) {
  switch (step) {
    case 0:
      return <AddressFields address={order.address} onChange={(address) => onChange({ ...order, address })} />
    case 1:
      return <DeliveryChoice legend="How shall it come?" order={order} onChange={onChange} />
    case 2:
      return <PaymentChoice legend="How will you pay?" order={order} onChange={onChange} />
    default:
      return (
        <>
          <GiftWrapping order={order} onChange={onChange} />
          <OrderSummary basket={basket} pictures={false} />
        </>
      )
  }
}
