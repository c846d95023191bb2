import { type Overrides, openPreview } from './overrides.js'
import type { Beginning } from './start.js'

/** The lock that each page shares with the others as long as its start is under way. */
export const lockOf = (address: string): string => `fader:${address}:start`

/** Settles what has to be known before anything is shown: what a preview changes, and how the last starts ended. */
export async function hesitate({ options, preview, starts, address }: Beginning): Promise<Overrides | undefined> {
  if (starts?.isDoubted) starts.judge(await alive(lockOf(address)))
  return preview === undefined ? undefined : await openPreview(preview, options)
}

/** How many pages are just starting. */
async function alive(name: string): Promise<number> {
  try {
    const { held = [] } = await navigator.locks.query()
    return held.filter((lock) => lock.name === name).length
  } catch {
    return 0
  }
}
