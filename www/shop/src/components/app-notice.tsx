import { useState } from 'react'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { Icon } from './icon.tsx'

/** Tells the visitor of an old app that there is a newer one. Lies over the page, so that nothing moves. */
export function AppNotice() {
  const urgency = useFeature(flags.appUpdate)
  const [dismissed, setDismissed] = useState(false)
  if (dismissed || urgency === 'none') return null
  return (
    <aside className="notice" aria-label="App update" data-testid="app-notice">
      <p>
        {urgency === 'insist'
          ? 'This version of the app no longer works well.'
          : 'There is a newer version of the app.'}{' '}
        <strong>Update it in your store.</strong>
      </p>
      {urgency === 'suggest' && (
        <button type="button" className="round" aria-label="Not now" onClick={() => setDismissed(true)}>
          <Icon name="close" />
        </button>
      )}
    </aside>
  )
}
