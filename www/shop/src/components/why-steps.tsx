import type { ExplainedStep, ExplainedTest } from 'fader'
import { Icon } from './icon.tsx'

interface Props {
  readonly steps: readonly ExplainedStep[]
}

const names: Readonly<Record<ExplainedStep['step'], string>> = {
  flag: 'Flag',
  state: 'State',
  override: 'Overrides',
  requirement: 'Requirements',
  holdout: 'Holdout',
  sticky: 'Earlier assignment',
  rule: 'Rule',
  otherwise: 'Otherwise',
}

/** The steps of an evaluation, in the order in which they were asked. */
export function WhySteps({ steps }: Props) {
  return (
    <ol className="why-steps">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are never reordered, and two may be alike
        <li key={index} className={step.decided ? 'why-step why-step--decided' : 'why-step'}>
          <p className="why-step__head">
            <strong>
              {names[step.step]}
              {step.rule !== undefined && ` “${step.rule}”`}
            </strong>
            <span>{step.decided ? 'decided' : 'went on'}</span>
          </p>
          <p>
            <Told text={step.because} />
          </p>
          {step.tests.length > 0 && <Tests tests={step.tests} />}
        </li>
      ))}
    </ol>
  )
}

function Tests({ tests }: { readonly tests: readonly ExplainedTest[] }) {
  return (
    <ul className="why-tests">
      {tests.map((test, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} className={test.held ? 'why-test why-test--held' : 'why-test'}>
          <Icon name={test.held ? 'check' : 'close'} />
          <span>
            <span className="hidden">{test.held ? 'Held: ' : 'Did not hold: '}</span>
            <Told text={test.asked} />
            <span className="soft">, {test.because}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** A name as explanations quote it. What a context brought is never looked at, for it may be anything. */
const quoted = /`([A-Za-z0-9][\w.:/-]*)`/

/** A sentence of an explanation, with its names set as such. */
function Told({ text }: { readonly text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: see above
  return text.split(quoted).map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))
}
