interface Props {
  readonly why: string
  readonly onWhy: (why: string) => void
}

const LONGEST = 1000

/** Asks for the reason of a change, which the history and the audit log keep. */
export function Why({ why, onWhy }: Props) {
  return (
    <input
      type="text"
      className="why"
      aria-label="Why"
      placeholder="Why? The history keeps it"
      value={why}
      required
      pattern=".*\S.*"
      title="A word or more"
      maxLength={LONGEST}
      autoComplete="off"
      onChange={(event) => onWhy(event.target.value)}
    />
  )
}
