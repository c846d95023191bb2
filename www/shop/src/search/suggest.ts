import { categories } from '../catalogue/product.ts'
import { products } from '../catalogue/products.ts'
import type { Route } from '../route.ts'
import { wordsOf } from './words.ts'

interface Suggestion {
  readonly text: string
  readonly to: Route
}

/** Everything that can be suggested, what is bought most often first. */
const all: readonly Suggestion[] = [
  ...categories.map(({ id, name }) => ({ text: `All in ${name}`, to: { page: 'category', category: id } as const })),
  ...products
    .toSorted((a, b) => b.sold - a.sold)
    .map(({ id, name }) => ({ text: name, to: { page: 'product', id } as const })),
]

/** What may be meant by what is typed so far. Nothing is meant by nothing. */
export function suggest(typed: string, most: number): readonly Suggestion[] {
  const wanted = wordsOf(typed)
  if (wanted.length === 0) return []
  const fits = ({ text }: Suggestion) => {
    const words = wordsOf(text)
    return wanted.every((word) => words.some((found) => found.startsWith(word)))
  }
  return all.filter(fits).slice(0, most)
}
