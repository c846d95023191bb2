/* Components that write down what they painted, for tests/e2e/react.test.mjs: rendered in Node, hydrated in Chromium. */
import { FaderProvider, useClient, useFlag, useOutcome, useStatus, useVariant } from 'fader/react'
import { createTestClient } from 'fader/testing'
import { StrictMode, Suspense, startTransition, use, useLayoutEffect, useState } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'

/** Each thing that was committed, in its order. */
const painted = []

function Painted({ what, children }) {
  useLayoutEffect(() => {
    painted.push(`${what}=${children}`)
  }, [what, children])
  return <p data-what={what}>{children}</p>
}

function Title() {
  return <Painted what="title">{useFlag('title', 'fallback')}</Painted>
}

function Layout() {
  const { columns } = useFlag('layout', { columns: 1 })
  return <Painted what="columns">{columns}</Painted>
}

export function App() {
  return (
    <main>
      <Title />
      <Layout />
      <Painted what="variant">{useVariant('title', 'none')}</Painted>
      <Painted what="reason">{useOutcome('other').reason}</Painted>
      <Painted what="status">{useStatus()}</Painted>
    </main>
  )
}

export const hydrated = (bootstrap, client, Shown = App) => (
  <StrictMode>
    <FaderProvider bootstrap={bootstrap} client={client}>
      <Shown />
    </FaderProvider>
  </StrictMode>
)

const never = new Promise(() => {})

/** Renders, and is never committed. */
function Waiting() {
  use(never)
  return useFlag('unseen', false) ? 'seen' : 'not'
}

function Unseen() {
  return (
    <Suspense fallback={<Title />}>
      <Reads />
      <Waiting />
    </Suspense>
  )
}

function Reads() {
  return useFlag('unseen', false) ? 'read' : 'not'
}

const SLOW_MS = 4

function Slow({ at }) {
  const value = useFlag('title', 'fallback')
  for (const end = performance.now() + SLOW_MS; performance.now() < end; );
  return <i data-at={at}>{value}</i>
}

/** Many that take their time, so that React stops between them, and something may change meanwhile. */
function Many() {
  const [isShown, setShown] = useState(false)
  const client = useClient()
  const show = () => {
    startTransition(() => setShown(true))
    setTimeout(() => client.set('title', 'changed'), 10 * SLOW_MS)
  }
  return (
    <div>
      <button type="button" onClick={show}>
        Show
      </button>
      {isShown && Array.from({ length: 60 }, (_, at) => <Slow key={String(at)} at={at} />)}
      <Title />
    </div>
  )
}

if (typeof document !== 'undefined') {
  globalThis.stage = {
    painted,
    createTestClient,
    hydrate: (bootstrap, client) => hydrateRoot(document.getElementById('root'), hydrated(bootstrap, client)),
    render: (name, client) =>
      createRoot(document.getElementById('root')).render(hydrated(false, client, { App, Unseen, Many }[name])),
  }
}
