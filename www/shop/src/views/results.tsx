import { products } from '../catalogue/products.ts'
import { PageHead } from '../components/page-head.tsx'
import { ProductGrid } from '../components/product-grid.tsx'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { hrefOf } from '../route.ts'
import { rankings, search } from '../search/rankings.ts'

interface Props {
  readonly query: string
}

const tries = ['wool', 'lamp', 'oak', 'cosy']

export function Results({ query }: Props) {
  const ranking = useFeature(flags.ranking)
  const found = search(query, ranking)
  return (
    <>
      <PageHead title={query === '' ? 'Search' : `“${query}”`} />
      <div className="results__bar" data-testid="results" data-ranking={ranking}>
        <p aria-live="polite">
          {found.length} of {products.length} products
        </p>
        <p>
          <span className="soft">Order:</span> {rankings[ranking].order}
        </p>
      </div>
      <h2 className="hidden">Products</h2>
      {found.length > 0 ? <ProductGrid products={found} /> : <Nothing />}
    </>
  )
}

function Nothing() {
  return (
    <div className="empty">
      <p>Nothing has that name. Perhaps one of these?</p>
      <ul className="chips">
        {tries.map((query) => (
          <li key={query}>
            <a className="chip" href={hrefOf({ page: 'search', query })}>
              {query}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
