import type { Product } from '../catalogue/product.ts'
import { euro } from '../money.ts'
import { hrefOf } from '../route.ts'
import { Picture } from './picture.tsx'
import { Stars } from './stars.tsx'

interface Props {
  readonly product: Product
  readonly eager: boolean
}

const FEW = 6
const NEW_SINCE = '2026-10-01'

export function ProductCard({ product, eager }: Props) {
  const mark = markOf(product)
  return (
    <article className="card">
      <a className="card__link" href={hrefOf({ page: 'product', id: product.id })}>
        <div className="card__picture">
          <Picture of={product.id} alt="" shape="portrait" eager={eager} />
          {mark !== undefined && <span className="card__mark">{mark}</span>}
        </div>
        <div className="card__head">
          <h3 className="card__name">{product.name}</h3>
          <p className="card__price">{euro(product.price)}</p>
        </div>
        <p className="card__material">{product.material}</p>
      </a>
      <Stars rating={product.rating} reviews={product.reviews} />
    </article>
  )
}

function markOf(product: Product): string | undefined {
  if (product.stock === 0) return 'Sold out'
  if (product.stock <= FEW) return `${product.stock} left`
  return product.added >= NEW_SINCE ? 'New' : undefined
}
