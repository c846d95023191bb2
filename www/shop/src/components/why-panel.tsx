import type { Client, Outcome } from 'fader'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { shopFlags } from '../flags.ts'
import type { Standing } from '../hooks/use-standing.ts'
import { Icon } from './icon.tsx'
import { WhyFlag } from './why-flag.tsx'

interface Props {
  readonly name: string
  readonly outcomes: readonly Outcome[]
  readonly standing: Standing
  readonly explain: Client['explain']
  readonly onClose: () => void
}

/** Tells for each flag of the snapshot what was decided, and why. */
export function WhyPanel({ name, outcomes, standing, explain, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [sought, setSought] = useState('')
  useEffect(() => heading.current?.focus(), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
  }
  const shown = outcomes.filter(({ flag }) => flag.includes(sought.trim()))
  return (
    <section className="why" aria-labelledby="why" onKeyDown={onKeyDown} data-testid="why">
      <header className="why__head">
        <h2 className="why__title" id="why" ref={heading} tabIndex={-1}>
          Why {name} sees this
        </h2>
        <button type="button" className="round" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <StandingNote standing={standing} />
      <label className="why__filter">
        <span className="hidden">Find a flag</span>
        <input
          type="search"
          placeholder="Find a flag"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </label>
      <div className="why__lists">
        <Group title="On these pages" outcomes={shown.filter(({ flag }) => shopFlags.has(flag))} explain={explain} />
        <Group title="For others" outcomes={shown.filter(({ flag }) => !shopFlags.has(flag))} explain={explain} />
      </div>
    </section>
  )
}

type GroupProps = Pick<Props, 'outcomes' | 'explain'> & { readonly title: string }

function Group({ title, outcomes, explain }: GroupProps) {
  if (outcomes.length === 0) return null
  return (
    <>
      <h3 className="why__group">
        {title} <span className="soft">{outcomes.length}</span>
      </h3>
      <ul className="why__list">
        {outcomes.map((outcome) => (
          <li key={outcome.flag}>
            <WhyFlag outcome={outcome} explain={explain} />
          </li>
        ))}
      </ul>
    </>
  )
}

function StandingNote({ standing: { status, revision, hasKey } }: Pick<Props, 'standing'>) {
  if (!hasKey)
    return (
      <p className="why__note why__note--bad" data-testid="keyless">
        This page came without a client key, so the worker tells it nothing: its variable PAGE_KEY is missing, or
        another host served the page. What did not come with the page has its safe value.
      </p>
    )
  if (status === 'starting') return <p className="why__note">No answers yet. Everything has its safe value.</p>
  if (status === 'error')
    return <p className="why__note why__note--bad">The worker does not answer. Everything has its safe value.</p>
  if (status === 'stale' || status === 'offline')
    return (
      <p className="why__note why__note--bad" data-testid="stale">
        The worker does not answer. Revision {revision}, the last good one, goes on.
      </p>
    )
  return <p className="why__note">Decided in this browser, from revision {revision}. Open a flag to see how.</p>
}
