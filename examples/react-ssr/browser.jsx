import { createClient } from 'fader'
import { FaderProvider } from 'fader/react'
import { hydrateRoot } from 'react-dom/client'
import { App } from './app.jsx'

const root = document.getElementById('root')
const { url, key, visitor } = root.dataset

// It begins with the answers that the server put into the page, so that nothing is painted twice.
const client = createClient({ url, key, context: { userId: visitor } })

hydrateRoot(
  root,
  <FaderProvider client={client}>
    <App />
  </FaderProvider>,
)
