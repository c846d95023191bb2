import { postOf } from '../catalogue/posts.ts'
import { productOf } from '../catalogue/products.ts'
import type { CheckoutProps } from '../checkout-props.ts'
import type { Route } from '../route.ts'
import { Article } from './article.tsx'
import { BasketPage } from './basket-page.tsx'
import { Category } from './category.tsx'
import { Checkout } from './checkout.tsx'
import { Home } from './home.tsx'
import { Journal } from './journal.tsx'
import { Missing } from './missing.tsx'
import { ProductPage } from './product-page.tsx'
import { Results } from './results.tsx'
import { Thanks } from './thanks.tsx'

interface Props extends CheckoutProps {
  readonly route: Route
  readonly onQuantity: (id: string, quantity: number) => void
  readonly onAdd: (id: string, quantity: number) => void
}

/** The page that a route names. */
export function Page({ route, ...props }: Props) {
  const { basket, features, order } = props
  const { reviews } = features
  switch (route.page) {
    case 'home':
      return <Home reviews={reviews} />
    case 'category':
      return <Category category={route.category} reviews={reviews} />
    case 'search':
      return <Results query={route.query} ranking={features.ranking} reviews={reviews} />
    case 'product':
      return <ProductRoute id={route.id} {...props} />
    case 'journal':
      return <Journal />
    case 'post':
      return <PostRoute id={route.id} reviews={reviews} />
    case 'thanks':
      return <Thanks name={order.address.name} promise={features.deliveryPromise.text} />
    case 'checkout':
      if (basket.length > 0) return <Checkout {...props} />
      return <BasketPage basket={basket} freeDeliveryFrom={features.freeDeliveryFrom} onChange={props.onQuantity} />
    case 'basket':
      return <BasketPage basket={basket} freeDeliveryFrom={features.freeDeliveryFrom} onChange={props.onQuantity} />
    case 'missing':
      return <Missing />
  }
}

function ProductRoute({ id, features, onAdd }: Omit<Props, 'route'> & { readonly id: string }) {
  const product = productOf(id)
  if (product === undefined) return <Missing />
  return <ProductPage key={id} product={product} features={features} onAdd={(quantity) => onAdd(id, quantity)} />
}

function PostRoute({ id, reviews }: { readonly id: string; readonly reviews: boolean }) {
  const post = postOf(id)
  return post === undefined ? <Missing /> : <Article post={post} reviews={reviews} />
}
