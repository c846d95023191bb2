import type { CheckoutProps } from '../checkout-props.ts'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { deliveryOptions, paymentOf, paymentOptions } from '../order.ts'
import { Choice } from './choice.tsx'

type Props = Pick<CheckoutProps, 'order' | 'onChange'> & { readonly legend: string }

export function DeliveryChoice({ legend, order, onChange }: Props) {
  const promise = useFeature(flags.deliveryPromise)
  return (
    <Choice
      legend={legend}
      name="delivery"
      options={deliveryOptions(promise.text)}
      chosen={order.delivery}
      onChoose={(id) => onChange({ ...order, delivery: id === 'point' ? 'point' : 'home' })}
    />
  )
}

export function PaymentChoice({ legend, order, onChange }: Props) {
  const payments = useFeature(flags.payments)
  return (
    <Choice
      legend={legend}
      name="payment"
      options={paymentOptions(payments)}
      chosen={paymentOf(order, payments)}
      onChoose={(payment) => onChange({ ...order, payment })}
    />
  )
}
