import { useState } from 'react'
import { Picture } from './picture.tsx'

interface Props {
  readonly id: string
  readonly name: string
}

/** One picture is enough for three views: whole, near, and by candle light. */
const views = ['whole', 'near', 'evening'] as const

export function Gallery({ id, name }: Props) {
  const [shown, setShown] = useState<(typeof views)[number]>('whole')
  return (
    <div className="gallery">
      <div className={`gallery__view gallery__view--${shown}`}>
        <Picture of={id} alt={name} shape="portrait" eager />
      </div>
      <ul className="gallery__views">
        {views.map((view) => (
          <li key={view}>
            <button
              type="button"
              className={`gallery__view gallery__view--${view}`}
              aria-label={`${name}, ${view}`}
              aria-pressed={view === shown}
              onClick={() => setShown(view)}
            >
              <Picture of={id} alt="" shape="portrait" eager />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
