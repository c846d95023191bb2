import { type KeyboardEvent, useRef, useState } from 'react'
import type { Visitor } from '../visitor.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly people: readonly Visitor[]
  readonly visitor: Visitor
  readonly onChoose: (id: string) => void
}

/** Chooses whom the shop takes one for. */
export function VisitorSwitcher({ people, visitor, onChoose }: Props) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const choose = (id: string) => {
    onChoose(id)
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) close()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is a short cut; every control inside is a button
    <div className="switcher" onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className="switcher__button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid="visitor"
      >
        <span className="switcher__as">You are</span>
        <span className="switcher__name">{visitor.name}</span>
        <Icon name="chevron" />
      </button>
      {open && <List people={people} current={visitor.id} onChoose={choose} />}
    </div>
  )
}

interface ListProps {
  readonly people: readonly Visitor[]
  readonly current: string
  readonly onChoose: (id: string) => void
}

function List({ people, current, onChoose }: ListProps) {
  return (
    <ul className="switcher__list" aria-label="Visitors">
      {people.map(({ id, name, note }) => (
        <li key={id}>
          <button type="button" aria-current={id === current} onClick={() => onChoose(id)} data-visitor={id}>
            <span className="switcher__name">{name}</span>
            <span className="switcher__note">{note}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
