import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'

/** The line on top of every page. */
export function Banner() {
  const banner = useFeature(flags.banner)
  return (
    <aside className={`banner banner--${banner.tone}`} aria-label="Announcement" data-testid="banner">
      <p className="banner__text">
        <strong>{banner.title}</strong>
        <span>{banner.text}</span>
      </p>
    </aside>
  )
}
