import { useClient } from 'fader/react'
import { postOf } from '../catalogue/posts.ts'
import { productOf } from '../catalogue/products.ts'
import type { CheckoutProps } from '../checkout-props.ts'
import { Sorry } from '../components/sorry.tsx'
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
  const { basket, order } = props
  switch (route.page) {
    case 'home':
      return <Home />
    case 'category':
      return <Category category={route.category} />
    case 'search':
      return <Results query={route.query} />
    case 'product':
      return <ProductRoute id={route.id} onAdd={props.onAdd} />
    case 'journal':
      return <Journal />
    case 'post':
      return <PostRoute id={route.id} />
    case 'thanks':
      return <Thanks name={order.address.name} />
    case 'checkout':
      return basket.length > 0 ? (
        <SafeCheckout {...props} />
      ) : (
        <BasketPage basket={basket} onChange={props.onQuantity} />
      )
    case 'basket':
      return <BasketPage basket={basket} onChange={props.onQuantity} />
    case 'missing':
      return <Missing />
  }
}

/** A checkout that breaks says sorry, and that is counted: whoever ramps one up sees it. */
function SafeCheckout(props: CheckoutProps) {
  const client = useClient()
  return (
    <Sorry onError={() => client.track('errors')}>
      <Checkout {...props} />
    </Sorry>
  )
}

function ProductRoute({ id, onAdd }: Pick<Props, 'onAdd'> & { readonly id: string }) {
  const product = productOf(id)
  if (product === undefined) return <Missing />
  return <ProductPage key={id} product={product} onAdd={(quantity) => onAdd(id, quantity)} />
}

function PostRoute({ id }: { readonly id: string }) {
  const post = postOf(id)
  return post === undefined ? <Missing /> : <Article post={post} />
}
