import { type FocusEvent, type FormEvent, useState } from 'react'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { hrefOf } from '../route.ts'
import { suggest } from '../search/suggest.ts'
import { Icon } from './icon.tsx'

interface Props {
  readonly query: string
}

export function SearchField({ query }: Props) {
  const [typed, setTyped] = useState(query)
  const [open, setOpen] = useState(false)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setOpen(false)
    location.hash = hrefOf({ page: 'search', query: typed.trim() })
  }
  const leave = (event: FocusEvent<HTMLElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false)
  }
  return (
    <search className="search" onFocus={() => setOpen(true)} onBlur={leave}>
      <form onSubmit={submit}>
        <label className="search__field">
          <Icon name="search" />
          <span className="hidden">Search the shop</span>
          <input
            type="search"
            placeholder="Search lamps, wool, oak …"
            value={typed}
            autoComplete="off"
            enterKeyHint="search"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </form>
      {open && typed.trim() !== '' && <Suggestions typed={typed} />}
    </search>
  )
}

function Suggestions({ typed }: { readonly typed: string }) {
  const found = suggest(typed, useFeature(flags.suggestions))
  if (found.length === 0) return null
  return (
    <ul className="search__suggestions" aria-label="Suggestions" data-testid="suggestions">
      {found.map(({ text, to }) => (
        <li key={text}>
          <a href={hrefOf(to)}>{text}</a>
        </li>
      ))}
    </ul>
  )
}
