import { useState } from 'react'

interface Props {
  readonly base: number | undefined
  readonly revision: number
  readonly theirs: string | undefined
  readonly onRebase: () => void
  readonly onDiscard: () => void
}

/** Somebody else published first. What was typed is untouched, and what happens to it is asked. */
export function Conflict({ base, revision, theirs, onRebase, onDiscard }: Props) {
  const [compare, setCompare] = useState(false)
  return (
    <section className="conflict" aria-label="Conflict" data-testid="conflict">
      <div role="alert">
        <h2 className="conflict__title">Nothing was published: revision {revision} is there now</h2>
      </div>
      <p>
        Somebody else published while you wrote; you began from{' '}
        {base === undefined ? 'an empty store' : `revision ${base}`}. Your text is below, as you left it.
      </p>
      <p className="conflict__buttons">
        <button type="button" className="button button--quiet" onClick={() => setCompare(!compare)}>
          {compare ? 'Hide' : 'Show'} revision {revision}
        </button>
        <button type="button" className="button button--quiet" onClick={onDiscard}>
          Drop my text, take revision {revision}
        </button>
        <button type="button" className="button button--danger" onClick={onRebase}>
          Keep my text, replace revision {revision}
        </button>
      </p>
      {compare && (
        <textarea className="conflict__theirs" aria-label={`Revision ${revision}`} value={theirs ?? ''} readOnly />
      )}
    </section>
  )
}
