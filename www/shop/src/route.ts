import type { Category } from './catalogue/product.ts'
import { categories } from './catalogue/product.ts'

/** The pages of the shop. They live behind the `#`, so that one file serves them all. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'category'; readonly category: Category }
  | { readonly page: 'product'; readonly id: string }
  | { readonly page: 'search'; readonly query: string }
  | { readonly page: 'basket' }
  | { readonly page: 'checkout' }
  | { readonly page: 'thanks' }
  | { readonly page: 'journal' }
  | { readonly page: 'post'; readonly id: string }
  | { readonly page: 'missing' }

const plainPages = ['basket', 'checkout', 'thanks', 'journal'] as const

export function parseRoute(hash: string): Route {
  const [page = '', ...rest] = hash.replace(/^#\/?/, '').split('/')
  const argument = decode(rest.join('/'))
  if (page === '') return { page: 'home' }
  if (page === 'product') return { page, id: argument }
  if (page === 'search') return { page, query: argument }
  if (page === 'journal' && argument !== '') return { page: 'post', id: argument }
  const category = categories.find(({ id }) => page === 'category' && id === argument)
  if (category !== undefined) return { page: 'category', category: category.id }
  const plain = plainPages.find((name) => name === page && argument === '')
  return plain === undefined ? { page: 'missing' } : { page: plain }
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'home':
    case 'missing':
      return '#/'
    case 'category':
      return `#/category/${route.category}`
    case 'product':
      return `#/product/${encodeURIComponent(route.id)}`
    case 'search':
      return `#/search/${encodeURIComponent(route.query)}`
    case 'post':
      return `#/journal/${encodeURIComponent(route.id)}`
    default:
      return `#/${route.page}`
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
