import type { Client } from 'fader'
import { useCallback, useState } from 'react'
import { Dock } from './components/dock.tsx'
import { WhyPanel } from './components/why-panel.tsx'
import { useOutcomes } from './hooks/use-outcomes.ts'
import { type Standing, useStanding } from './hooks/use-standing.ts'
import type { Visitor } from './visitor.ts'

interface Props {
  readonly client: Client
  readonly hasKey: boolean
  readonly people: readonly Visitor[]
  readonly visitor: Visitor
  readonly onVisitor: (id: string) => void
}

/** What a real shop would not have: who to be, and why the page looks as it does. */
export function Workbench({ client, hasKey, people, visitor, onVisitor }: Props) {
  const [open, setOpen] = useState(false)
  const standing = useStanding(client, hasKey)
  const explain = useCallback((flag: string) => client.explain(flag), [client])
  return (
    <>
      {open && (
        <Why client={client} standing={standing} name={visitor.name} explain={explain} onClose={() => setOpen(false)} />
      )}
      <Dock
        people={people}
        visitor={visitor}
        standing={standing}
        panelOpen={open}
        onVisitor={onVisitor}
        onPanel={() => setOpen(!open)}
      />
    </>
  )
}

interface WhyProps {
  readonly client: Client
  readonly standing: Standing
  readonly name: string
  readonly explain: Client['explain']
  readonly onClose: () => void
}

/** Reads all outcomes, and only while the panel is open. */
function Why({ client, standing, name, explain, onClose }: WhyProps) {
  const outcomes = useOutcomes(client)
  return <WhyPanel name={name} outcomes={outcomes} standing={standing} explain={explain} onClose={onClose} />
}
