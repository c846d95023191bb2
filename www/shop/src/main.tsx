import { createClient } from 'fader'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { readBootstrap } from './bootstrap.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/header.css'
import './styles/home.css'
import './styles/cards.css'
import './styles/product.css'
import './styles/basket.css'
import './styles/checkout.css'
import './styles/journal.css'
import './styles/footer.css'
import './styles/dock.css'
import './styles/why.css'
import './styles/why-steps.css'
import { contextOf } from './visitor.ts'
import { peopleOf } from './visitors.ts'

const POLL_EVERY_MS = 2000

const bootstrap = readBootstrap(document)
const people = peopleOf(bootstrap.context)

const client = createClient({
  url: location.origin,
  ...(bootstrap.key !== undefined && { key: bootstrap.key }),
  context: contextOf(people[0], []),
  pollIntervalMs: POLL_EVERY_MS,
})

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <App client={client} people={people} bootstrap={bootstrap} />
  </StrictMode>,
)
