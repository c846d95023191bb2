import { type Overrides, openPreview } from './overrides.js'
import { previewAsked } from './preview.js'
import type { Beginning } from './start.js'
import type { Starts } from './starts.js'

/** Settles what has to be known before anything is shown: what a preview changes, and how the last starts ended. */
export async function hesitate({ options, starts, address }: Beginning): Promise<Overrides | undefined> {
  if (starts?.isDoubted) judge(starts, await alive(`fader:${address}:start`))
  const preview = previewAsked(options)
  return preview === undefined ? undefined : await openPreview(preview, options)
}

/** Says what is to blame. Some of the starts did not end badly: they are of other tabs, and under way. */
function judge(starts: Starts, others: number): void {
  const { record } = starts
  record.count -= Math.min(others, record.count - 1)
  if (starts.isLost || (starts.isDoubted && record.on !== record.good)) record.bad = Math.max(record.bad, record.on)
  starts.write()
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
