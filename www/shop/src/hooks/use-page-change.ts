import { useEffect, useRef } from 'react'
import type { Route } from '../route.ts'

/** Does for a page behind the `#` what a browser does for a page of its own: a title, the top, and the focus. */
export function usePageChange(route: Route): void {
  const before = useRef(route)
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>('main h1')
    const title = heading?.textContent ?? ''
    document.title = route.page === 'home' ? 'Halden & Co' : `${title} · Halden & Co`
    if (before.current === route) return
    before.current = route
    scrollTo(0, 0)
    heading?.focus({ preventScroll: true })
  }, [route])
}
