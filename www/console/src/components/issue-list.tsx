import type { Issue } from 'fader'

interface Props {
  readonly issues: readonly Issue[]
  /** How many there are, of which the worker lists the first. */
  readonly count: number
  readonly onShow: (path: string) => void
}

/** A page cannot show ten thousand, and nobody mends them at once. */
const MOST = 200

export function IssueList({ issues, count, onShow }: Props) {
  const shown = issues.slice(0, MOST)
  return (
    <section className="issues" aria-label="Issues" data-testid="issues">
      <div role="alert">
        <h2 className="issues__title">
          Nothing was published, because of {count} {count === 1 ? 'issue' : 'issues'}
          {count > shown.length && `, the first ${shown.length} of which are these`}
        </h2>
      </div>
      <ol className="issues__list">
        {shown.map((issue, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is never reordered, and two issues may be alike
          <li key={index}>
            <button type="button" className="issues__path stored" onClick={() => onShow(issue.path)}>
              {issue.path === '' ? 'the document' : issue.path}
            </button>
            <p className="stored">{issue.message}</p>
            <p className="issues__mend stored">{issue.mend}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}
