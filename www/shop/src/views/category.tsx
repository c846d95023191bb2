import { type Category as CategoryId, categories } from '../catalogue/product.ts'
import { products } from '../catalogue/products.ts'
import { PageHead } from '../components/page-head.tsx'
import { ProductGrid } from '../components/product-grid.tsx'

interface Props {
  readonly category: CategoryId
}

export function Category({ category }: Props) {
  const { name, text } = categories.find(({ id }) => id === category) ?? categories[0]
  return (
    <>
      <PageHead title={name} text={text} />
      <h2 className="hidden">Products</h2>
      <ProductGrid products={products.filter((product) => product.category === category)} />
    </>
  )
}
