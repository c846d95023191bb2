import { pictureUrl } from '../catalogue/picture-url.ts'
import { posts } from '../catalogue/posts.ts'
import { categories } from '../catalogue/product.ts'
import { products } from '../catalogue/products.ts'
import { PostCard } from '../components/post-card.tsx'
import { ProductGrid } from '../components/product-grid.tsx'
import { hrefOf } from '../route.ts'

const season = products.toSorted((a, b) => b.sold - a.sold).slice(0, 8)
const rest = products.filter((product) => !season.includes(product))
const faces = {
  lighting: 'hven-table-lamp',
  table: 'ryd-mug',
  textiles: 'vinter-wool-throw',
  furniture: 'salen-chair',
  decoration: 'strand-vase',
} as const

export function Home() {
  return (
    <>
      <Hero />
      <section className="band" aria-labelledby="season">
        <h2 className="band__title" id="season">
          What everybody takes home in November
        </h2>
        <ProductGrid products={season} />
      </section>
      <RoomTiles />
      <section className="band" aria-labelledby="rest">
        <h2 className="band__title" id="rest">
          The rest of the shop
        </h2>
        <ProductGrid products={rest} />
      </section>
      <Journal />
    </>
  )
}

function Hero() {
  return (
    <section className="hero">
      <img className="hero__picture" src={pictureUrl('scene-room')} alt="" width="1200" height="640" />
      <div className="hero__text">
        <p className="eyebrow">Winter 2026</p>
        <h1 className="hero__title" tabIndex={-1}>
          Light the dark half of the year
        </h1>
        <p>Lamps, wool and stoneware from small workshops around the Øresund. Made to last, and to be mended.</p>
        <p className="hero__links">
          <a className="button" href={hrefOf({ page: 'category', category: 'lighting' })}>
            See the lamps
          </a>
          <a className="text-link" href={hrefOf({ page: 'post', id: 'post-november-light' })}>
            How to light a room
          </a>
        </p>
      </div>
    </section>
  )
}

function RoomTiles() {
  return (
    <section className="band" aria-labelledby="tiles">
      <h2 className="band__title" id="tiles">
        Room by room
      </h2>
      <ul className="tiles">
        {categories.map(({ id, name }) => (
          <li key={id}>
            <a className="tile" href={hrefOf({ page: 'category', category: id })}>
              <img
                className="tile__picture"
                src={pictureUrl(faces[id])}
                alt=""
                width="400"
                height="480"
                loading="lazy"
              />
              <span className="tile__name">{name}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Journal() {
  return (
    <section className="band" aria-labelledby="journal">
      <h2 className="band__title" id="journal">
        From the journal
      </h2>
      <ul className="posts">
        {posts.slice(0, 3).map((post) => (
          <li key={post.id}>
            <PostCard post={post} />
          </li>
        ))}
      </ul>
    </section>
  )
}
