import type { Standing } from '../hooks/use-standing.ts'
import type { Visitor } from '../visitor.ts'
import { ClientStatus } from './client-status.tsx'
import { Icon } from './icon.tsx'
import { VisitorSwitcher } from './visitor-switcher.tsx'

interface Props {
  readonly people: readonly Visitor[]
  readonly visitor: Visitor
  readonly standing: Standing
  readonly panelOpen: boolean
  readonly onVisitor: (id: string) => void
  readonly onPanel: () => void
}

/** The bar under the shop. */
export function Dock({ people, visitor, standing, panelOpen, onVisitor, onPanel }: Props) {
  return (
    <aside className="dock" aria-label="Fader demo">
      <p className="dock__brand">
        <Icon name="faders" />
        <span>fader</span>
      </p>
      <VisitorSwitcher people={people} visitor={visitor} onChoose={onVisitor} />
      <ClientStatus standing={standing} />
      <button type="button" className="dock__why" aria-expanded={panelOpen} onClick={onPanel}>
        Why?
      </button>
    </aside>
  )
}
