/**
 * 128 bits that tell texts apart, as four numbers of 32 bits.
 *
 * They are made at once, which SHA-256 is not here, and they can be added: the sum over many texts tells their lists
 * apart, as long as a list has each of its texts in one place only. They withstand chance, and no one who makes texts
 * to meet, so they are for what this worker itself has written.
 */
export interface Fingerprint {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

/** The fingerprint of a text: one function from four unrelated beginnings. */
export function fingerprintOf(text: string): Fingerprint {
  return {
    a: murmur3(text, 0x9747b28c),
    b: murmur3(text, 0x3c6ef372),
    c: murmur3(text, 0xa54ff53a),
    d: murmur3(text, 0x510e527f),
  }
}

/** The fingerprint of a list of which each part has its own. */
export function sumOf(parts: readonly Fingerprint[]): Fingerprint {
  const sum = { a: 0, b: 0, c: 0, d: 0 }
  for (const { a, b, c, d } of parts) {
    sum.a = (sum.a + a) | 0
    sum.b = (sum.b + b) | 0
    sum.c = (sum.c + c) | 0
    sum.d = (sum.d + d) | 0
  }
  return sum
}

/** A strong entity tag for what has this fingerprint. */
export function tagOf({ a, b, c, d }: Fingerprint): string {
  return `"${hexOf(a)}${hexOf(b)}${hexOf(c)}${hexOf(d)}"`
}

function hexOf(part: number): string {
  return (part >>> 0).toString(16).padStart(8, '0')
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
