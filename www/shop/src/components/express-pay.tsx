import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'

interface Props {
  readonly onPay: () => void
}

const names = { apple: 'Apple Pay', google: 'Google Pay' }

/** The wallet of the device, before everything that has to be typed. */
export function ExpressPay({ onPay }: Props) {
  const wallet = useFeature(flags.expressPay)
  if (wallet === 'none') return null
  return (
    <div className="express" data-testid="express-pay">
      <button type="button" className="button button--wallet" onClick={onPay}>
        Pay with {names[wallet]}
      </button>
      <p className="express__or">or fill in</p>
    </div>
  )
}
