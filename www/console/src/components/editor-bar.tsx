interface Props {
  readonly base: number | undefined
  readonly isTyped: boolean
  /** Then it must be said first what is to become of the text. */
  readonly isOvertaken: boolean
  readonly onPublish: () => void
  readonly onDiscard: () => void
}

export function EditorBar({ base, isTyped, isOvertaken, onPublish, onDiscard }: Props) {
  const begun = base === undefined ? 'the first one' : `begun from revision ${base}`
  return (
    <div className="editor__bar">
      <p className="soft">{isTyped ? `Changed, ${begun}` : `As published, ${begun}`}</p>
      <button type="button" className="button button--quiet" disabled={!isTyped} onClick={onDiscard}>
        Discard
      </button>
      <button type="button" className="button" disabled={isOvertaken} onClick={onPublish}>
        Publish as revision {(base ?? 0) + 1}
      </button>
    </div>
  )
}
