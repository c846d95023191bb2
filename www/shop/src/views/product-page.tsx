import { useState } from 'react'
import { postsBeside } from '../catalogue/posts.ts'
import { categories, type Product } from '../catalogue/product.ts'
import { productsBeside } from '../catalogue/products.ts'
import { Gallery } from '../components/gallery.tsx'
import { Icon } from '../components/icon.tsx'
import { ProductGrid } from '../components/product-grid.tsx'
import { Quantity } from '../components/quantity.tsx'
import { RelatedPosts } from '../components/related-posts.tsx'
import { Stars } from '../components/stars.tsx'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { euro } from '../money.ts'
import { hrefOf } from '../route.ts'

interface Props {
  readonly product: Product
  readonly onAdd: (quantity: number) => void
}

export function ProductPage({ product, onAdd }: Props) {
  return (
    <>
      <div className="product">
        <Gallery id={product.id} name={product.name} />
        <div className="product__facts">
          <Facts product={product} />
          <Buy product={product} onAdd={onAdd} />
          <Terms />
        </div>
      </div>
      <RelatedPosts posts={postsBeside(product)} />
      <section className="band" aria-labelledby="kin">
        <h2 className="band__title" id="kin">
          Goes well with it
        </h2>
        <ProductGrid products={productsBeside(product)} />
      </section>
    </>
  )
}

function Facts({ product }: Pick<Props, 'product'>) {
  const room = categories.find(({ id }) => id === product.category)
  return (
    <>
      <p className="eyebrow">
        <a href={hrefOf({ page: 'category', category: product.category })}>{room?.name}</a>
      </p>
      <h1 className="product__name" tabIndex={-1}>
        {product.name}
      </h1>
      <Stars rating={product.rating} reviews={product.reviews} />
      <p className="product__price">
        {euro(product.price)} <span className="soft">tax included</span>
      </p>
      <p className="product__text">{product.text}</p>
      <ul className="product__details">
        {[product.material, ...product.details].map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </>
  )
}

function Buy({ product, onAdd }: Pick<Props, 'product' | 'onAdd'>) {
  const [quantity, setQuantity] = useState(1)
  const [added, setAdded] = useState(0)
  const add = () => {
    onAdd(quantity)
    setAdded(added + quantity)
  }
  if (product.stock === 0) return <p className="product__gone">Sold out. The next ones come in December.</p>
  return (
    <div className="buy">
      <Quantity of={product.name} value={quantity} least={1} onChange={setQuantity} />
      <button type="button" className="button buy__button" onClick={add}>
        Add to basket
      </button>
      <p className="buy__said" aria-live="polite">
        {added > 0 && (
          <>
            <Icon name="check" /> {added} in your basket. <a href={hrefOf({ page: 'basket' })}>See it</a>
          </>
        )}
      </p>
    </div>
  )
}

function Terms() {
  const deliveryPromise = useFeature(flags.deliveryPromise)
  const freeDeliveryFrom = useFeature(flags.freeDeliveryFrom)
  return (
    <ul className="terms">
      <li className={deliveryPromise.emphasis ? 'terms__emphasis' : undefined} data-testid="delivery-promise">
        <Icon name="van" />
        {deliveryPromise.text}
      </li>
      <li data-testid="free-delivery">
        <Icon name="check" />
        {freeDeliveryFrom > 0 ? `Free delivery from ${euro(freeDeliveryFrom)}` : 'Free delivery, always'}
      </li>
      <li>
        <Icon name="return" />
        Sixty days to send it back
      </li>
    </ul>
  )
}
