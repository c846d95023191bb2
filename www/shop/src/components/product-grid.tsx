import type { Product } from '../catalogue/product.ts'
import { ProductCard } from './product-card.tsx'

interface Props {
  readonly products: readonly Product[]
}

/** How many cards are seen before anybody scrolls. */
const FIRST_SCREEN = 4

export function ProductGrid({ products }: Props) {
  return (
    <ul className="grid" data-testid="products">
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} eager={index < FIRST_SCREEN} />
        </li>
      ))}
    </ul>
  )
}
