import { posts } from '../catalogue/posts.ts'
import { PageHead } from '../components/page-head.tsx'
import { PostCard } from '../components/post-card.tsx'

export function Journal() {
  return (
    <>
      <PageHead title="The journal" text="How things are made, used, washed and mended." />
      <h2 className="hidden">Articles</h2>
      <ul className="posts">
        {posts.map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ul>
    </>
  )
}
