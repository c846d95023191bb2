import type { FlagState, FlagSummary } from '../definition.ts'
import { StateSwitch } from './state-switch.tsx'

interface Props {
  readonly flag: FlagSummary
  readonly onState: (state: FlagState) => void
}

const reveals: ReadonlyMap<string, string> = new Map([
  ['rule', 'clients evaluate it'],
  ['value', 'clients get the answer'],
  ['none', 'stays at the edge'],
])

/** One flag of the list. Everything that was stored is shown as text. */
export function FlagRow({ flag, onState }: Props) {
  return (
    <article className={`flag flag--${flag.state}`} data-flag={flag.key}>
      <span className="flag__light" aria-hidden="true" />
      <div className="flag__what">
        <h2 className="flag__key stored">{flag.key}</h2>
        {flag.description !== '' && <p className="stored">{flag.description}</p>}
        <p className="flag__rules stored">{flag.rules}</p>
      </div>
      <dl className="flag__facts">
        <dt>Type</dt>
        <dd className="stored">{flag.type}</dd>
        <dt>Reveal</dt>
        <dd className="stored" title={reveals.get(flag.reveal)}>
          {flag.reveal}
        </dd>
        <dt>Owner</dt>
        <dd className="stored">{flag.owner === '' ? 'nobody' : flag.owner}</dd>
      </dl>
      <StateSwitch of={flag.key} state={flag.state} onState={onState} />
    </article>
  )
}
