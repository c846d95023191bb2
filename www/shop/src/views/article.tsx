import type { Post } from '../catalogue/posts.ts'
import { products } from '../catalogue/products.ts'
import { Picture } from '../components/picture.tsx'
import { ProductGrid } from '../components/product-grid.tsx'
import { hrefOf } from '../route.ts'

interface Props {
  readonly post: Post
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

export function Article({ post }: Props) {
  return (
    <>
      <article className="article">
        <p className="eyebrow">
          <a href={hrefOf({ page: 'journal' })}>Journal</a>
        </p>
        <h1 tabIndex={-1}>{post.title}</h1>
        <p className="article__lead">{post.lead}</p>
        <p className="soft">
          {post.author} · <time dateTime={post.published}>{day.format(new Date(post.published))}</time> · {post.minutes}{' '}
          min
        </p>
        <Picture of={post.id} alt="" shape="landscape" eager />
        <div className="article__text">
          {post.paragraphs.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
      </article>
      <section className="band" aria-labelledby="about">
        <h2 className="band__title" id="about">
          In this article
        </h2>
        <ProductGrid products={products.filter(({ id }) => post.about.includes(id)).slice(0, 4)} />
      </section>
    </>
  )
}
