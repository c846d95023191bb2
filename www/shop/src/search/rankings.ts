import type { Product } from '../catalogue/product.ts'
import { products } from '../catalogue/products.ts'
import { rankExisting } from './existing.ts'
import { rankV1 } from './v1.ts'
import { rankV2 } from './v2.ts'
import { wordsOf } from './words.ts'

interface Ranking {
  /** What the page says about the order. */
  readonly order: string
  readonly rank: (query: string, products: readonly Product[]) => readonly Product[]
}

/** The answers of the flag `search-ranking`. */
export const rankings = {
  existing: { order: 'Name, A to Z', rank: rankExisting },
  v1: { order: 'Most bought', rank: rankV1 },
  v2: { order: 'Best match', rank: rankV2 },
} as const satisfies Record<string, Ranking>

export type RankingName = keyof typeof rankings

export const isRankingName = (value: unknown): value is RankingName =>
  typeof value === 'string' && Object.hasOwn(rankings, value)

export const search = (query: string, ranking: RankingName): readonly Product[] =>
  wordsOf(query).length === 0 ? [] : rankings[ranking].rank(query, products)
