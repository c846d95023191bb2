'use client'

import { createClient } from 'fader'
import { useEffect, useState } from 'react'

/** A component of the browser, which has a client of its own. */
export function Title({ url, token }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const client = createClient({ url, key: token, context: { country: 'NO' } })
    client.ready().then(async () => {
      const { steps } = await client.explain('title')
      setSaid(`${client.value('title', 'fallback')}, ${steps.length > 0 ? 'explained' : 'not explained'}`)
    })
    return () => client.close()
  }, [url, token])
  return <p id="browser">{said}</p>
}
