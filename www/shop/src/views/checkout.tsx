import type { CheckoutProps } from '../checkout-props.ts'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { CheckoutPage } from './checkout-page.tsx'
import { CheckoutSteps } from './checkout-steps.tsx'

/** The old checkout or the new one. What was typed belongs to neither, so it outlives a change of the flag. */
export function Checkout(props: CheckoutProps) {
  const isNew = useFeature(flags.newCheckout)
  return isNew ? <CheckoutPage {...props} /> : <CheckoutSteps {...props} />
}
