import type { Post } from '../catalogue/posts.ts'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { PostCard } from './post-card.tsx'

interface Props {
  readonly posts: readonly Post[]
}

/** Articles to read beside a product. */
export function RelatedPosts({ posts }: Props) {
  const isShown = useFeature(flags.relatedPosts)
  if (!isShown || posts.length === 0) return null
  return (
    <section className="band" aria-labelledby="related" data-testid="related-posts">
      <h2 className="band__title" id="related">
        To read beside it
      </h2>
      <ul className="posts">
        {posts.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ul>
    </section>
  )
}
