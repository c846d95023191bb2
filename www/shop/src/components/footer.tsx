import { categories } from '../catalogue/product.ts'
import { flags } from '../flags.ts'
import { useFeature } from '../hooks/use-feature.ts'
import { euro } from '../money.ts'
import { hrefOf } from '../route.ts'
import { Icon, type IconName } from './icon.tsx'

export function Footer() {
  const freeDeliveryFrom = useFeature(flags.freeDeliveryFrom)
  const delivery =
    freeDeliveryFrom > 0 ? `Free delivery from ${euro(freeDeliveryFrom)}` : 'Delivery is always free for you'
  const promises: readonly (readonly [IconName, string])[] = [
    ['van', delivery],
    ['return', 'Sixty days to send it back'],
    ['shield', 'Ten years of spare parts'],
  ]
  return (
    <footer className="footer">
      <ul className="footer__promises page-width">
        {promises.map(([icon, text]) => (
          <li key={icon}>
            <Icon name={icon} />
            {text}
          </li>
        ))}
      </ul>
      <div className="footer__end page-width">
        <p className="wordmark">
          Halden <span>&amp;</span> Co
        </p>
        <p className="footer__about">
          A shop for things that last. Norra Skolgatan 12, Malmö, since 1962. This one is made up: nothing can be bought
          here, and nothing is charged.
        </p>
        <nav aria-label="Footer">
          <ul className="footer__links">
            {categories.map(({ id, name }) => (
              <li key={id}>
                <a href={hrefOf({ page: 'category', category: id })}>{name}</a>
              </li>
            ))}
            <li>
              <a href={hrefOf({ page: 'journal' })}>Journal</a>
            </li>
          </ul>
        </nav>
      </div>
    </footer>
  )
}
