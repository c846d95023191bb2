const paths = {
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm4.8 11.3L20 20',
  basket: 'M5 8h14l-1.4 11.2a1 1 0 0 1-1 .8H7.4a1 1 0 0 1-1-.8L5 8Zm4 0V7a3 3 0 0 1 6 0v1',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  chevron: 'm7 10 5 5 5-5',
  close: 'M6 6l12 12M18 6 6 18',
  minus: 'M6 12h12',
  plus: 'M6 12h12M12 6v12',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  van: 'M3 7h11v9H3V7Zm11 3h4l3 3v3h-7v-6ZM7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm10 0a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  gift: 'M4 9h16v4H4V9Zm1.5 4h13v7h-13v-7ZM12 9v11M12 9c-5 0-5-5-2.5-5S12 9 12 9Zm0 0c5 0 5-5 2.5-5S12 9 12 9Z',
  return: 'M9 7 4 12l5 5M4 12h11a5 5 0 0 1 0 10',
  shield: 'M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6l7-3Zm-3 9 2.2 2.2L15.5 10',
  faders: 'M6 3v18M12 3v18M18 3v18M3.5 9h5M9.5 15h5M15.5 7h5',
} as const

export type IconName = keyof typeof paths

interface Props {
  readonly name: IconName
}

/** A line drawing. What it stands for is said by the text beside it. */
export function Icon({ name }: Props) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
