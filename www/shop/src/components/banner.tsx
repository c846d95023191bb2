import type { Banner as BannerText } from '../flags.ts'

interface Props {
  readonly banner: BannerText
}

/** The line on top of every page. */
export function Banner({ banner }: Props) {
  return (
    <aside className={`banner banner--${banner.tone}`} aria-label="Announcement" data-testid="banner">
      <p className="banner__text">
        <strong>{banner.title}</strong>
        <span>{banner.text}</span>
      </p>
    </aside>
  )
}
