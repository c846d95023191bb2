import type { ClientOptions } from './types.js'

/** The parameter of a page's address that asks for a preview, or with `off` leaves it. */
export const previewParameter = 'fader-preview'
/** Under what name a session keeps it. */
const NAME = 'fader:preview'

type Kept = Pick<ClientOptions, 'session'>

/** The preview that a page is to show: what its address asks for, or what the session goes on with. */
export function previewAsked(options: Kept): string | undefined {
  const asked = new URLSearchParams(globalThis.location?.search ?? '').get(previewParameter)
  if (asked !== 'off') return asked || keptPreview(options)
  keepPreview(options, undefined)
  return undefined
}

/** Shows it on every page from now on, until the session ends or somebody leaves it. */
export function keepPreview({ session }: Kept, preview: string | undefined): void {
  try {
    const kept = session ?? sessionStorage
    if (preview === undefined) kept.removeItem(NAME)
    else kept.setItem(NAME, preview)
  } catch {
    // Then it is of this page alone.
  }
}

function keptPreview({ session }: Kept): string | undefined {
  try {
    return (session ?? sessionStorage).getItem(NAME) ?? undefined
  } catch {
    return undefined
  }
}
