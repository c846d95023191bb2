import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'

interface Props {
  readonly rating: number
  readonly reviews: number
}

/** How much a product is liked. Without reviews the line stays, empty, so that nothing moves when they come. */
export function Stars({ rating, reviews }: Props) {
  const shown = useFeature(flags.reviews)
  if (!shown) return <p className="stars" />
  return (
    <p className="stars" data-testid="stars">
      <progress className="stars__gauge" max={5} value={rating} aria-label={`${rating} of 5 stars`} />
      <span className="stars__count">
        {rating.toFixed(1)} <span className="soft">({reviews})</span>
      </span>
    </p>
  )
}
