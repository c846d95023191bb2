'use client'

import { useClient, useFlag } from 'fader/react'
import { useState } from 'react'

/** A component of both: the server renders it first, and the browser goes on with it. */
export function Title() {
  const client = useClient()
  const title = useFlag('title', 'fallback')
  const [steps, setSteps] = useState(0)
  const explain = () => client.explain('title').then((explanation) => setSteps(explanation.steps.length))
  return (
    <>
      <p id="title">{title}</p>
      <p id="steps">{steps}</p>
      <button id="explain" type="button" onClick={explain}>
        Why?
      </button>
      <button id="move" type="button" onClick={() => client.identify({ userId: 'u-1', country: 'NO' })}>
        Move to Norway
      </button>
    </>
  )
}
