import { createClient, readBootstrap } from 'fader'
import { FaderProvider } from 'fader/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
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

/** More often than a real shop would, because somebody watches. */
const ASK_EVERY_MS = 2000

const bootstrap = readBootstrap(document)
const people = peopleOf(bootstrap?.context)

// The key, and the first answers, are those that the worker put into the page.
const client = createClient({
  url: location.origin,
  context: contextOf(people[0], []),
  pollIntervalMs: ASK_EVERY_MS,
  events: { flushIntervalMs: ASK_EVERY_MS },
})

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <FaderProvider client={client}>
      <App people={people} hasKey={bootstrap?.key !== undefined} />
    </FaderProvider>
  </StrictMode>,
)
