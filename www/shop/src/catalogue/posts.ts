import type { Product } from './product.ts'

/** An article of the journal. */
export interface Post {
  /** Also names its picture. */
  readonly id: string
  readonly title: string
  readonly lead: string
  readonly author: string
  readonly published: string
  readonly minutes: number
  readonly paragraphs: readonly string[]
  /** The products that it speaks of. */
  readonly about: readonly string[]
}

export const posts: readonly Post[] = [
  {
    id: 'post-november-light',
    title: 'How to light a room in November',
    lead: 'Five small lamps beat one big one. Here is where to put them, and why none belongs on the ceiling.',
    author: 'Karin Halden',
    published: '2026-11-16',
    minutes: 5,
    paragraphs: [
      'In Malmö the sun sets before four in November, and a room has to do for itself what the window did in June. Most rooms try it with one lamp in the middle of the ceiling. It lights everything, and nothing looks good in it.',
      'Begin where people sit. One lamp at the height of a shoulder, beside each chair, with a shade that hides the bulb. Then one in the darkest corner, which makes the room as large as it is.',
      'Keep to warm bulbs, 2,700 kelvin or less, and to a dimmer wherever there is a switch. What you save in watts you may spend on candles.',
      'The last light is the one outside: a lantern on the doorstep tells the people who come that they are expected.',
    ],
    about: ['hven-table-lamp', 'skagen-floor-lamp', 'lykta-lantern', 'kulla-pendant', 'lund-armchair'],
  },
  {
    id: 'post-potter',
    title: 'A week with the potters of Österlen',
    lead: 'Two people, one kiln and four thousand mugs a year. We went to see how a glaze line is made.',
    author: 'Nils Åkerman',
    published: '2026-11-04',
    minutes: 8,
    paragraphs: [
      'The workshop was a dairy once. The drains are still in the floor, which is handy when you wash clay from your hands forty times a day.',
      'A Ryd mug takes nine days, of which eight are waiting. It is turned, dried, trimmed, given its handle, dried, fired, dipped and fired again. The dip is a single movement: in, a count of two, out with a turn of the wrist. That turn is the wavy line.',
      'One in twelve comes out of the kiln with a fault. Those stay in the village. We have drunk from a few, and could not find the fault.',
    ],
    about: ['ryd-mug', 'ryd-bowls', 'strand-vase', 'morgon-coffee-dripper', 'glimmer-kettle'],
  },
  {
    id: 'post-wool',
    title: 'Wool, washed right',
    lead: 'Mostly by not washing it. What fresh air does in a night, and what to do when it is not enough.',
    author: 'Karin Halden',
    published: '2026-10-22',
    minutes: 4,
    paragraphs: [
      'Wool cleans itself. The fibre is covered with fine scales and a little grease, and dirt does not hold on to it. Hang a throw outside on a damp evening, and in the morning it smells of nothing.',
      'If there was red wine: cold water, at once, and a cloth. Do not rub. Do not use hot water, which is how felt is made.',
      'Once a year, in spring, wash it by hand in lukewarm water with a soap for wool. Roll it in a towel, stand on the towel, and dry it flat. Then it is good for another winter, and probably for another forty.',
    ],
    about: ['vinter-wool-throw', 'strimma-rug', 'lin-cushion', 'vaffel-towel', 'lund-armchair', 'korg-willow-basket'],
  },
  {
    id: 'post-table',
    title: 'A table for twelve, with chairs for eight',
    lead: 'How to have more people to dinner than you have room for, and have them stay too long.',
    author: 'Idris Bergqvist',
    published: '2026-10-08',
    minutes: 6,
    paragraphs: [
      'Nobody has twelve chairs. Put the stools at the corners, where people who like to get up want to sit anyway, and the bench from the hall along the wall.',
      'Leave the ceiling lamp on until everybody sits, then turn it down and let the candles do it. Keep them lower or higher than a face, never level with it.',
      'Serve from the middle. A board with bread, three bowls and a carafe mean that somebody always has to ask a neighbour for something, and that is how twelve people begin to talk.',
    ],
    about: [
      'kulla-pendant',
      'brinna-candle-holder',
      'salen-chair',
      'pall-stool',
      'alno-carafe',
      'ek-serving-board',
      'ryd-bowls',
    ],
  },
  {
    id: 'post-oak',
    title: 'Oil your oak before Christmas',
    lead: 'Ten minutes, a cloth and linseed oil. Your board will thank you for ten years.',
    author: 'Nils Åkerman',
    published: '2026-09-24',
    minutes: 3,
    paragraphs: [
      'Wood that is used gets dry, and dry wood cracks. If water no longer pearls on your board, it is time.',
      'Wash it with hot water, let it dry over night, sand it once along the grain with paper of 240. Pour on more oil than you think, wait ten minutes, wipe off all that is left. The next morning again.',
      'Spread the cloth out to dry outside. Crumpled up, a cloth with linseed oil can catch fire by itself, which nobody believes until it does.',
    ],
    about: [
      'ek-serving-board',
      'pall-stool',
      'mane-side-table',
      'hylla-wall-shelf',
      'timma-wall-clock',
      'sjo-mirror',
      'salen-chair',
    ],
  },
  {
    id: 'post-shelf',
    title: 'The small room with the long shelf',
    lead: 'Eleven square metres in Möllevången, one idea: everything that stands on the floor goes on the wall.',
    author: 'Idris Bergqvist',
    published: '2026-09-10',
    minutes: 7,
    paragraphs: [
      'When Mina moved in, there were a wardrobe, a chest and two bookcases in the room, and a path between them. Now there is one shelf, 80 centimetres under the ceiling, all the way round.',
      'A room looks as large as the floor that you can see. So the bed has legs, the lamp stands on the shelf, and what is needed every day lives in three baskets under the bed.',
      'The mirror hangs opposite the window. It is the cheapest second window that there is.',
    ],
    about: [
      'hylla-wall-shelf',
      'sjo-mirror',
      'korg-willow-basket',
      'strand-vase',
      'timma-wall-clock',
      'hven-table-lamp',
      'mane-side-table',
      'lin-cushion',
    ],
  },
]

export const postOf = (id: string): Post | undefined => posts.find((post) => post.id === id)

const SHOWN = 3

/** Articles to read beside a product: those about it first, then the newest. */
export function postsBeside(product: Product): readonly Post[] {
  const isAbout = (post: Post) => post.about.includes(product.id)
  return [...posts.filter(isAbout), ...posts.filter((post) => !isAbout(post))].slice(0, SHOWN)
}
