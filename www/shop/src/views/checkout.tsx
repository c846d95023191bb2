import type { CheckoutProps } from '../checkout-props.ts'
import { CheckoutPage } from './checkout-page.tsx'
import { CheckoutSteps } from './checkout-steps.tsx'

/** The old checkout or the new one. What was typed belongs to neither, so it outlives a change of the flag. */
export function Checkout(props: CheckoutProps) {
  return props.features.newCheckout ? <CheckoutPage {...props} /> : <CheckoutSteps {...props} />
}
