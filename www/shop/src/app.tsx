import type { Client } from 'fader'
import type { ReactNode } from 'react'
import { countOf, quantityOf, readBasket, withQuantity } from './basket.ts'
import type { Bootstrap } from './bootstrap.ts'
import { AppNotice } from './components/app-notice.tsx'
import { Banner } from './components/banner.tsx'
import { Footer } from './components/footer.tsx'
import { Header } from './components/header.tsx'
import type { Features } from './flags.ts'
import { type FirstAnswers, useFeatures } from './hooks/use-features.ts'
import { useOrder } from './hooks/use-order.ts'
import { usePageChange } from './hooks/use-page-change.ts'
import { useRoute } from './hooks/use-route.ts'
import { useStored } from './hooks/use-stored.ts'
import { type People, useVisitor } from './hooks/use-visitor.ts'
import { hrefOf, type Route } from './route.ts'
import { Page } from './views/page.tsx'
import { YOU } from './visitors.ts'
import { Workbench } from './workbench.tsx'

interface Props {
  readonly client: Client
  readonly people: People
  readonly bootstrap: Bootstrap
}

const NO_ANSWERS: FirstAnswers = new Map()

/** The whole shop. Nothing below knows of the client: what flags decide comes down as props. */
export function App({ client, people, bootstrap }: Props) {
  const route = useRoute()
  const [basket, setBasket] = useStored('basket', readBasket([]) ?? [], readBasket)
  const [visitor, chooseVisitor] = useVisitor(client, people, basket)
  const [order, setOrder] = useOrder(visitor)
  const features = useFeatures(client, visitor.id === YOU ? bootstrap.answers : NO_ANSWERS)
  usePageChange(route)

  const setQuantity = (id: string, quantity: number) => setBasket(withQuantity(basket, id, quantity))
  const buy = () => {
    setBasket([])
    location.hash = hrefOf({ page: 'thanks' })
  }
  return (
    <>
      <Shop route={route} person={visitor.name} count={countOf(basket)} features={features}>
        <Page
          route={route}
          basket={basket}
          order={order}
          features={features}
          onChange={setOrder}
          onBuy={buy}
          onQuantity={setQuantity}
          onAdd={(id, quantity) => setQuantity(id, quantityOf(basket, id) + quantity)}
        />
      </Shop>
      {features.appUpdate !== 'none' && <AppNotice key={visitor.id} urgency={features.appUpdate} />}
      <Workbench
        client={client}
        hasKey={bootstrap.key !== undefined}
        people={people}
        visitor={visitor}
        onVisitor={chooseVisitor}
      />
    </>
  )
}

interface ShopProps {
  readonly route: Route
  readonly person: string
  readonly count: number
  readonly features: Features
  readonly children: ReactNode
}

/** What stands around every page. */
function Shop({ route, person, count, features, children }: ShopProps) {
  const skip = () => document.querySelector<HTMLElement>('main')?.focus()
  return (
    <div className="shop">
      <button type="button" className="skip" onClick={skip}>
        To the content
      </button>
      <Banner banner={features.banner} />
      <Header route={route} person={person} basketCount={count} suggestions={features.suggestions} />
      <main className="page page-width" tabIndex={-1}>
        {children}
      </main>
      <Footer freeDeliveryFrom={features.freeDeliveryFrom} />
    </div>
  )
}
