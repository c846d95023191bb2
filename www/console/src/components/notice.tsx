export interface NoticeText {
  readonly tone: 'good' | 'bad'
  readonly text: string
}

interface Props {
  readonly notice: NoticeText | undefined
  readonly onDismiss: () => void
}

/** What came of the last thing that was done. */
export function Notice({ notice, onDismiss }: Props) {
  return (
    <div aria-live="polite" data-testid="notice">
      {notice !== undefined && (
        <p className={`notice notice--${notice.tone}`}>
          <span className="stored">{notice.text}</span>
          <button type="button" className="notice__close" aria-label="Dismiss" onClick={onDismiss}>
            ×
          </button>
        </p>
      )}
    </div>
  )
}
