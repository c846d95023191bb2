/** The rooms of the shop, in the order in which they are shown. */
export const categories = [
  { id: 'lighting', name: 'Lighting', text: 'Warm light, low down, more than one of it.' },
  { id: 'table', name: 'Kitchen & table', text: 'Stoneware, glass and oak for every day.' },
  { id: 'textiles', name: 'Textiles', text: 'Wool from Gotland, linen from Normandy.' },
  { id: 'furniture', name: 'Furniture', text: 'Made to be mended, and to be sat in.' },
  { id: 'decoration', name: 'Decoration', text: 'The few things a room still needs.' },
] as const

export type Category = (typeof categories)[number]['id']

/** Something that can be bought. Prices are in whole euro. */
export interface Product {
  /** Also names its picture. */
  readonly id: string
  readonly name: string
  readonly category: Category
  readonly price: number
  readonly material: string
  readonly text: string
  readonly details: readonly string[]
  /** Words that people search for, and that stand in no other field. */
  readonly words: readonly string[]
  /** Sold in the last thirty days. */
  readonly sold: number
  /** The day it came into the shop. */
  readonly added: string
  readonly rating: number
  readonly reviews: number
  readonly stock: number
}
