import type { Address } from '../visitor.ts'
import { Field } from './field.tsx'

interface Props {
  readonly address: Address
  readonly onChange: (address: Address) => void
}

export function AddressFields({ address, onChange }: Props) {
  const change = (part: keyof Address) => (value: string) => onChange({ ...address, [part]: value })
  return (
    <div className="fields">
      <Field label="Email" inputMode="email" autoComplete="email" value={address.email} onChange={change('email')} />
      <Field label="Name" autoComplete="name" value={address.name} onChange={change('name')} />
      <Field
        label="Street and number"
        autoComplete="street-address"
        value={address.street}
        onChange={change('street')}
      />
      <Field label="Postcode and town" autoComplete="postal-code" value={address.place} onChange={change('place')} />
      <Field label="Country" autoComplete="country-name" value={address.country} onChange={change('country')} />
    </div>
  )
}
