import { useClient, useFlag, useVariant } from 'fader/react'
import { useState } from 'react'

/** The same on the server and in the browser. */
export function App() {
  const title = useFlag('title', 'Hello')
  const look = useVariant('look', 'plain')
  return (
    <main className={look}>
      <h1>{title}</h1>
      <Basket />
    </main>
  )
}

function Basket() {
  const client = useClient()
  const [count, setCount] = useState(0)
  const isFree = useFlag('free-delivery', false)
  const add = () => {
    setCount(count + 1)
    client.track('basket', count + 1)
  }
  return (
    <p>
      <button type="button" onClick={add}>
        {count} in the basket
      </button>
      {isFree && <strong>Delivery is free</strong>}
    </p>
  )
}
