interface Props {
  readonly label: string
  readonly value: string
  readonly autoComplete: string
  /** Which keyboard a phone shows. Not the type: `email` refuses addresses beyond ASCII, which are good ones. */
  readonly inputMode?: 'text' | 'email'
  readonly onChange: (value: string) => void
}

/** A labelled line of text that has to be filled in. */
export function Field({ label, value, autoComplete, inputMode = 'text', onChange }: Props) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="text"
        inputMode={inputMode}
        value={value}
        autoComplete={autoComplete}
        required
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
