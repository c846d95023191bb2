import type { Definition } from '../definition.ts'
import { type Tab, tabs } from '../hooks/use-tab.ts'
import { Mark } from './mark.tsx'

interface Props {
  readonly definition: Definition | undefined
  readonly tab: Tab
  readonly onReload: () => void
  readonly onSignOut: () => void
}

const names: Readonly<Record<Tab, string>> = { flags: 'Flags', definition: 'Definition', history: 'History' }

export function Topbar({ definition, tab, onReload, onSignOut }: Props) {
  return (
    <header className="topbar">
      <p className="topbar__brand">
        <Mark /> Fader
      </p>
      <nav aria-label="Console">
        <ul className="topbar__tabs">
          {tabs.map((each) => (
            <li key={each}>
              <a href={`#${each}`} aria-current={each === tab ? 'page' : undefined}>
                {names[each]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {definition !== undefined && (
        <p className="topbar__revision" data-testid="revision">
          <span className="stored">{definition.environment}</span> · revision {definition.revision}
        </p>
      )}
      <div className="topbar__buttons">
        <button type="button" className="button button--quiet" onClick={onReload}>
          Reload
        </button>
        <button type="button" className="button button--quiet" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  )
}
