import { MOST_OF_ONE } from '../basket.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly of: string
  readonly value: number
  readonly least: number
  readonly onChange: (value: number) => void
}

/** How many of something, by two buttons. */
export function Quantity({ of, value, least, onChange }: Props) {
  return (
    <fieldset className="quantity" aria-label={`Quantity of ${of}`}>
      <button type="button" aria-label="One less" disabled={value <= least} onClick={() => onChange(value - 1)}>
        <Icon name="minus" />
      </button>
      <output aria-live="polite">{value}</output>
      <button type="button" aria-label="One more" disabled={value >= MOST_OF_ONE} onClick={() => onChange(value + 1)}>
        <Icon name="plus" />
      </button>
    </fieldset>
  )
}
