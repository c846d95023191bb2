/**
 * 128 bits that tell texts apart, as four numbers of 32 bits.
 *
 * They are made at once, which SHA-256 is not here, and they can be added: the sum over many texts tells their lists
 * apart, as long as a list has each of its texts in one place only. They withstand chance, and no one who makes texts
 * to meet, so they are for what this worker itself has written.
 */
export interface Fingerprint {
  readonly parts: readonly [number, number, number, number]
}

/** Four unrelated beginnings for one and the same function. */
const SEEDS = [0x9747b28c, 0x3c6ef372, 0xa54ff53a, 0x510e527f] as const

/** The fingerprint of a text. */
export function fingerprintOf(text: string): Fingerprint {
  const [a, b, c, d] = SEEDS
  return { parts: [murmur3(text, a), murmur3(text, b), murmur3(text, c), murmur3(text, d)] }
}

/** A strong entity tag for whatever has these 128 bits. */
export function tagOf(parts: ArrayLike<number>): string {
  return `"${Array.from(parts, (part) => (part >>> 0).toString(16).padStart(8, '0')).join('')}"`
}

/** MurmurHash3 over the code units of a text, each pair of them a block. */
function murmur3(text: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at += 2) {
    // Beyond the end there is no code unit, and NaN becomes 0.
    const block = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)
    const mixed = Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593)
    hash = (Math.imul(rotate(hash ^ mixed, 13), 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
