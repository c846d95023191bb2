import { categories } from '../catalogue/product.ts'
import { hrefOf, type Route } from '../route.ts'
import { Icon } from './icon.tsx'
import { SearchField } from './search-field.tsx'

interface Props {
  readonly route: Route
  readonly person: string
  readonly basketCount: number
}

export function Header({ route, person, basketCount }: Props) {
  return (
    <header className="header">
      <div className="header__row page-width">
        <a className="wordmark" href={hrefOf({ page: 'home' })}>
          Halden <span>&amp;</span> Co
        </a>
        <SearchField key={keyOf(route)} query={route.page === 'search' ? route.query : ''} />
        <p className="header__person">
          <Icon name="person" />
          <span>{person}</span>
        </p>
        <a className="header__basket" href={hrefOf({ page: 'basket' })} aria-label={`Basket, ${basketCount} items`}>
          <Icon name="basket" />
          <span className="header__label">Basket</span>
          <span className="header__count">{basketCount}</span>
        </a>
      </div>
      <Rooms route={route} />
    </header>
  )
}

function Rooms({ route }: { readonly route: Route }) {
  const links = [
    ...categories.map(({ id, name }) => ({ name, to: { page: 'category', category: id } as const })),
    { name: 'Journal', to: { page: 'journal' } as const },
  ]
  return (
    <nav className="rooms" aria-label="Rooms">
      <ul className="rooms__list page-width">
        {links.map(({ name, to }) => (
          <li key={name}>
            <a href={hrefOf(to)} aria-current={hrefOf(to) === hrefOf(route) ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The field starts anew on every page, with the words of the search if it is one. */
const keyOf = (route: Route) => hrefOf(route)
