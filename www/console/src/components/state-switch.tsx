import { type FlagState, flagStates } from '../definition.ts'

interface Props {
  readonly of: string
  readonly state: FlagState
  readonly onState: (state: FlagState) => void
}

/** Three positions, of which one is set. */
export function StateSwitch({ of, state, onState }: Props) {
  return (
    <fieldset className="switch" aria-label={`State of ${of}`}>
      {flagStates.map((each) => (
        <button
          key={each}
          type="button"
          className={`switch__position switch__position--${each}`}
          aria-pressed={each === state}
          onClick={() => each !== state && onState(each)}
        >
          {each}
        </button>
      ))}
    </fieldset>
  )
}
