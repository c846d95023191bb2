import type { Product } from '../catalogue/product.ts'
import { euro } from '../money.ts'
import { hrefOf } from '../route.ts'
import { Picture } from './picture.tsx'
import { Quantity } from './quantity.tsx'

interface Props {
  readonly product: Product
  readonly quantity: number
  readonly onChange: (quantity: number) => void
}

export function BasketLine({ product, quantity, onChange }: Props) {
  return (
    <article className="line">
      <Picture of={product.id} alt="" shape="portrait" />
      <div>
        <h2 className="line__name">
          <a href={hrefOf({ page: 'product', id: product.id })}>{product.name}</a>
        </h2>
        <p className="soft">{product.material}</p>
        <button type="button" className="text-link" onClick={() => onChange(0)}>
          Remove
        </button>
      </div>
      <Quantity of={product.name} value={quantity} least={0} onChange={onChange} />
      <p className="line__price">{euro(product.price * quantity)}</p>
    </article>
  )
}
