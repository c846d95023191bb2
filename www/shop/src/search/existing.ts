import type { Product } from '../catalogue/product.ts'
import { wordsOf } from './words.ts'

/** As it has been since 2014: every word must stand in the name as it was typed, and the result is in the order of the alphabet. */
export function rankExisting(query: string, products: readonly Product[]): readonly Product[] {
  const wanted = wordsOf(query)
  return products
    .filter((product) => wanted.every((word) => wordsOf(product.name).join(' ').includes(word)))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}
