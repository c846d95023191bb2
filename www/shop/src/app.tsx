import { useClient } from 'fader/react'
import type { ReactNode } from 'react'
import { countOf, quantityOf, readBasket, withQuantity } from './basket.ts'
import { AppNotice } from './components/app-notice.tsx'
import { Banner } from './components/banner.tsx'
import { Footer } from './components/footer.tsx'
import { Header } from './components/header.tsx'
import { useBuying } from './hooks/use-buying.ts'
import { useOrder } from './hooks/use-order.ts'
import { usePageChange } from './hooks/use-page-change.ts'
import { useRoute } from './hooks/use-route.ts'
import { useStored } from './hooks/use-stored.ts'
import { type People, useVisitor } from './hooks/use-visitor.ts'
import type { Route } from './route.ts'
import { Page } from './views/page.tsx'
import { Workbench } from './workbench.tsx'

interface Props {
  readonly people: People
  readonly hasKey: boolean
}

/** The whole shop. What a flag decides is asked for where it is shown. */
export function App({ people, hasKey }: Props) {
  const client = useClient()
  const route = useRoute()
  const [basket, setBasket] = useStored('basket', readBasket([]) ?? [], readBasket)
  const [visitor, chooseVisitor] = useVisitor(client, people, basket)
  const [order, setOrder] = useOrder(visitor)
  const buy = useBuying(basket, () => setBasket([]))
  usePageChange(route)

  const setQuantity = (id: string, quantity: number) => setBasket(withQuantity(basket, id, quantity))
  return (
    <>
      <Shop route={route} person={visitor.name} count={countOf(basket)}>
        <Page
          route={route}
          basket={basket}
          order={order}
          onChange={setOrder}
          onBuy={buy}
          onQuantity={setQuantity}
          onAdd={(id, quantity) => setQuantity(id, quantityOf(basket, id) + quantity)}
        />
      </Shop>
      <AppNotice key={visitor.id} />
      <Workbench client={client} hasKey={hasKey} people={people} visitor={visitor} onVisitor={chooseVisitor} />
    </>
  )
}

interface ShopProps {
  readonly route: Route
  readonly person: string
  readonly count: number
  readonly children: ReactNode
}

/** What stands around every page. */
function Shop({ route, person, count, children }: ShopProps) {
  const skip = () => document.querySelector<HTMLElement>('main')?.focus()
  return (
    <div className="shop">
      <button type="button" className="skip" onClick={skip}>
        To the content
      </button>
      <Banner />
      <Header route={route} person={person} basketCount={count} />
      <main className="page page-width" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </div>
  )
}
