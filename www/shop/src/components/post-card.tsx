import type { Post } from '../catalogue/posts.ts'
import { hrefOf } from '../route.ts'
import { Picture } from './picture.tsx'

interface Props {
  readonly post: Post
}

export function PostCard({ post }: Props) {
  return (
    <article className="post-card">
      <a href={hrefOf({ page: 'post', id: post.id })}>
        <Picture of={post.id} alt="" shape="landscape" />
        <p className="eyebrow">Journal · {post.minutes} min</p>
        <h3 className="post-card__title">{post.title}</h3>
        <p className="post-card__lead">{post.lead}</p>
      </a>
    </article>
  )
}
