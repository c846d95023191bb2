'use client'

import { createClient } from 'fader'
import { FaderProvider } from 'fader/react'
import { useState } from 'react'

/** Gives the components below the answers that the server had, and then those of a client of the page's own. */
export function FlagsOfPage({ url, bootstrap = false, children }) {
  const [client] = useState(() => (typeof document === 'undefined' ? undefined : clientOf(url, bootstrap)))
  return (
    <FaderProvider client={client} bootstrap={bootstrap}>
      {children}
    </FaderProvider>
  )
}

const clientOf = (url, bootstrap) => createClient({ url, key: bootstrap.key, bootstrap })
