import type { Status } from 'fader'
import type { Standing } from '../hooks/use-standing.ts'

interface Props {
  readonly standing: Standing
}

const words: Readonly<Record<Status, string>> = {
  starting: 'starting',
  ready: 'live',
  stale: 'stale',
  offline: 'offline',
  error: 'no answer',
}

/** How the page stands with its worker. */
export function ClientStatus({ standing: { status, revision, hasKey } }: Props) {
  return (
    <p className={`status status--${status}`} role="status" data-testid="status">
      <span className="status__light" aria-hidden="true" />
      <span>{hasKey ? words[status] : 'no key'}</span>
      {revision !== undefined && <span className="status__revision">revision {revision}</span>}
    </p>
  )
}
