const KEY = 'fader-admin-token'

/** The token lives as long as the tab, and nowhere else. A browser without storage asks again after a reload. */
export const session = {
  read(): string | undefined {
    try {
      return sessionStorage.getItem(KEY) ?? undefined
    } catch {
      return undefined
    }
  },
  write(token: string | undefined): void {
    try {
      if (token === undefined) sessionStorage.removeItem(KEY)
      else sessionStorage.setItem(KEY, token)
    } catch {
      // See above.
    }
  },
}
