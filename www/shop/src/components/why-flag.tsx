import type { Client, Outcome } from 'fader'
import { useId, useState } from 'react'
import { useExplanation } from '../hooks/use-explanation.ts'
import { reasonOf, textOf } from '../reason.ts'
import { Icon } from './icon.tsx'
import { WhySteps } from './why-steps.tsx'

interface Props {
  readonly outcome: Outcome
  readonly explain: Client['explain']
}

/** One flag: what it gave. Opened, how that came about. */
export function WhyFlag({ outcome, explain }: Props) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const isQuiet = outcome.value === false || outcome.value === null
  return (
    <article className="why-flag" data-flag={outcome.flag}>
      <h4 className="why-flag__head">
        <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <span className="why-flag__key">{outcome.flag}</span>
          <span className={isQuiet ? 'why-flag__variant why-flag__variant--quiet' : 'why-flag__variant'}>
            {outcome.variant ?? 'no answer'}
          </span>
          <Icon name="chevron" />
        </button>
      </h4>
      <p className="why-flag__reason">
        <code className="why-flag__value">{JSON.stringify(outcome.value)}</code> {reasonOf(outcome)}
      </p>
      <div id={id}>{open && <How outcome={outcome} explain={explain} />}</div>
    </article>
  )
}

function How({ outcome, explain }: Props) {
  const explanation = useExplanation(outcome, explain)
  const isMissing = explanation?.steps.length === 0
  return (
    <div className="why-flag__how">
      <pre className="why-flag__json">{textOf(outcome.value)}</pre>
      {explanation === undefined && <p className="soft">Working it out …</p>}
      {explanation !== undefined && <WhySteps steps={explanation.steps} />}
      {isMissing && (
        <p className="why-flag__missing">
          There is no explanation now. Close and open it to try again. <span>{explanation.errorMessage}</span>
        </p>
      )}
    </div>
  )
}
