import type { Store } from '../call.ts'
import type { Source } from './edge.ts'

/** Asks the store whether there is something newer, and for it only when there is. */
export function sourceOf(store: () => Pick<Store, 'head' | 'bundle'>): Source {
  return async (issued) => {
    const head = await store().head()
    return head === null || head.issued <= issued ? null : await store().bundle()
  }
}
