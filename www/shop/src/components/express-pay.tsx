interface Props {
  readonly wallet: 'apple' | 'google'
  readonly onPay: () => void
}

const names = { apple: 'Apple Pay', google: 'Google Pay' }

/** The wallet of the device, before everything that has to be typed. */
export function ExpressPay({ wallet, onPay }: Props) {
  return (
    <div className="express" data-testid="express-pay">
      <button type="button" className="button button--wallet" onClick={onPay}>
        Pay with {names[wallet]}
      </button>
      <p className="express__or">or fill in</p>
    </div>
  )
}
