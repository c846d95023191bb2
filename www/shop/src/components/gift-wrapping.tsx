import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import type { Order } from '../order.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly order: Order
  readonly onChange: (order: Order) => void
}

export function GiftWrapping({ order, onChange }: Props) {
  const isOffered = useFeature(flags.giftWrapping)
  if (!isOffered) return null
  return (
    <label className="gift" data-testid="gift-wrapping">
      <input
        type="checkbox"
        checked={order.giftWrapped}
        onChange={(event) => onChange({ ...order, giftWrapped: event.target.checked })}
      />
      <Icon name="gift" />
      <span>Wrap it as a present, in paper and string. Free until Christmas.</span>
    </label>
  )
}
