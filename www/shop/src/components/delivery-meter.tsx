import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { euro } from '../money.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly subtotal: number
}

/** How far a basket is from free delivery. */
export function DeliveryMeter({ subtotal }: Props) {
  const freeFrom = useFeature(flags.freeDeliveryFrom)
  const missing = Math.max(0, freeFrom - subtotal)
  return (
    <div className="meter" data-testid="delivery-meter">
      <p className="meter__text">
        <Icon name="van" />
        {missing > 0 ? `${euro(missing)} more, and delivery is free` : 'Delivery is free'}
      </p>
      <progress max={freeFrom || 1} value={missing > 0 ? subtotal : freeFrom || 1} aria-label="Way to free delivery" />
    </div>
  )
}
