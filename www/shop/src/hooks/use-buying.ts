import { useClient } from 'fader/react'
import { type Basket, totalsOf } from '../basket.ts'
import { flags } from '../flags.ts'
import { hrefOf } from '../route.ts'
import { useFeature } from './use-feature.ts'

/** Ends a checkout: what was bought is counted, and the basket is empty. */
export function useBuying(basket: Basket, empty: () => void): () => void {
  const client = useClient()
  const { total } = totalsOf(basket, useFeature(flags.freeDeliveryFrom))
  return () => {
    client.track('purchase')
    client.track('revenue', total)
    empty()
    location.hash = hrefOf({ page: 'thanks' })
  }
}
