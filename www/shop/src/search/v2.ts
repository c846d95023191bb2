import type { Product } from '../catalogue/product.ts'
import { distanceIsOne } from './distance.ts'
import { wordsOf } from './words.ts'

/** What people type, and what they mean by it. */
const meanings: ReadonlyMap<string, readonly string[]> = new Map([
  ['light', ['lamp', 'lantern', 'candle']],
  ['lamp', ['lantern']],
  ['cup', ['mug']],
  ['plaid', ['throw']],
  ['blanket', ['throw']],
  ['pillow', ['cushion']],
  ['carpet', ['rug']],
  ['plate', ['bowl', 'board']],
  ['pottery', ['stoneware']],
  ['ceramic', ['stoneware', 'porcelain']],
  ['gift', ['candle', 'mug', 'vase', 'throw']],
  ['cosy', ['throw', 'candle', 'cushion']],
  ['cozy', ['throw', 'candle', 'cushion']],
])

const weights = { name: 8, material: 3, words: 4, text: 1 }
/** A word of the same meaning, or with a slip in it, counts for less than the word itself. */
const KIN = 0.6
const SLIP = 0.5

/** Knows stems, related words and slips of the pen; weighs fields; and puts last what is sold out. */
export function rankV2(query: string, products: readonly Product[]): readonly Product[] {
  const wanted = wordsOf(query).map(stem)
  if (wanted.length === 0) return []
  return products
    .map((product) => ({ product, score: scoreOf(product, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ product }) => product)
}

function scoreOf(product: Product, wanted: readonly string[]): number {
  const found = wanted.map((word) => relevance(product, word))
  if (found.some((relevance) => relevance === 0)) return 0
  const sum = found.reduce((total, relevance) => total + relevance, 0)
  const liked = 1 + product.rating / 10
  return product.stock === 0 ? sum / 100 : sum * liked
}

function relevance(product: Product, word: string): number {
  const itself = fieldScore(product, (found) => found === word || found.startsWith(word))
  const kin = meanings.get(word) ?? []
  const related = fieldScore(product, (found) => kin.includes(found)) * KIN
  const slipped = itself + related > 0 ? 0 : fieldScore(product, (found) => distanceIsOne(found, word)) * SLIP
  return itself + related + slipped
}

function fieldScore(product: Product, matches: (word: string) => boolean): number {
  const holds = (text: string) => wordsOf(text).map(stem).some(matches)
  return (
    (holds(product.name) ? weights.name : 0) +
    (holds(product.material) ? weights.material : 0) +
    (holds(product.words.join(' ')) ? weights.words : 0) +
    (holds(product.text) ? weights.text : 0)
  )
}

/** Cuts the plural. More would find more, and more that is wrong. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1)
  return word
}
