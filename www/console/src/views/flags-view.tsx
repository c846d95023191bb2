import { useState } from 'react'
import { Confirm } from '../components/confirm.tsx'
import { FlagRow } from '../components/flag-row.tsx'
import type { NoticeText } from '../components/notice.tsx'
import type { Definition, FlagState, FlagSummary } from '../definition.ts'
import type { Publish } from '../hooks/use-store.ts'
import { setState } from '../json/set-state.ts'

interface Props {
  readonly definition: Definition
  readonly publish: Publish
  readonly onNotice: (notice: NoticeText | undefined) => void
}

interface Change {
  readonly flag: FlagSummary
  readonly state: FlagState
}

export function FlagsView({ definition, publish, onNotice }: Props) {
  const [sought, setSought] = useState('')
  const [change, setChange] = useState<Change>()
  const found = definition.flags.filter((flag) => isSought(flag, sought))

  const apply = async ({ flag, state }: Change, why: string) => {
    setChange(undefined)
    onNotice(undefined)
    const outcome = await publish(setState(definition.text, flag.key, state), definition.revision, why)
    onNotice(noticeOf(outcome, `${flag.key} is ${state}`))
  }
  return (
    <section aria-label="Flags">
      <div className="flags__bar">
        <label className="flags__search">
          <span className="hidden">Find flags</span>
          <input
            type="search"
            placeholder="Find by key, owner, tag or description"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        </label>
        <p className="soft" aria-live="polite">
          {found.length} of {definition.flags.length} flags
        </p>
      </div>
      <ul className="flags" data-testid="flags">
        {found.map((flag) => (
          <li key={flag.key}>
            <FlagRow flag={flag} onState={(state) => setChange({ flag, state })} />
          </li>
        ))}
      </ul>
      {change !== undefined && (
        <Confirm
          {...questionOf(change, definition.revision + 1)}
          onConfirm={(why) => void apply(change, why)}
          onCancel={() => setChange(undefined)}
        />
      )}
    </section>
  )
}

/** Every word must stand somewhere in what is known of the flag. */
function isSought(flag: FlagSummary, sought: string): boolean {
  const text = [flag.key, flag.owner, flag.description, flag.type, flag.state, ...flag.tags].join(' ').toLowerCase()
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function questionOf({ flag, state }: Change, revision: number) {
  const effects: Readonly<Record<FlagState, string>> = {
    on: 'Its overrides and rules decide again.',
    off: `Everybody gets “${flag.safe}”, except who is named in an override.`,
    killed: `Everybody gets “${flag.safe}”, overrides or not.`,
  }
  const verbs: Readonly<Record<FlagState, string>> = { on: 'Turn on', off: 'Turn off', killed: 'Kill' }
  return {
    title: `${verbs[state]} ${flag.key}?`,
    text: `${effects[state]} This publishes revision ${revision}.`,
    verb: verbs[state],
    dangerous: state === 'killed',
  }
}

function noticeOf(outcome: Awaited<ReturnType<Publish>>, done: string): NoticeText {
  switch (outcome.kind) {
    case 'published':
      return { tone: 'good', text: `${done}, from revision ${outcome.revision} on.` }
    case 'overtaken':
      return {
        tone: 'bad',
        text: `Nothing was changed: somebody else published revision ${outcome.revision}. This is it; look, and do it again.`,
      }
    case 'invalid':
      return { tone: 'bad', text: `Nothing was changed: ${outcome.issues[0]?.path} ${outcome.issues[0]?.message}.` }
    case 'failed':
      return { tone: 'bad', text: `Nothing was changed: ${outcome.title}. ${outcome.detail}` }
  }
}
