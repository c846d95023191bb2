/** Some bytes after something happened to them, and what that was. */
export interface Mutation {
  readonly what: string
  readonly bytes: Uint8Array
}

/** Numbers from 0 to below 1 that are the same for the same seed. */
export function chance(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

type Change = (bytes: Uint8Array, below: (limit: number) => number) => Uint8Array

const joined = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]))

/** A place where something begins, and one after it where that ends. */
function range(bytes: Uint8Array, below: (limit: number) => number): [number, number] {
  const from = below(bytes.length)
  return [from, from + 1 + below(Math.min(64, bytes.length - from))]
}

const changes: Readonly<Record<string, Change>> = {
  'one bit is flipped': (bytes, below) => {
    const copy = bytes.slice()
    const at = below(copy.length)
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
    return copy
  },
  'one byte is another': (bytes, below) => {
    const copy = bytes.slice()
    copy[below(copy.length)] = below(256)
    return copy
  },
  'it is cut short': (bytes, below) => bytes.slice(0, below(bytes.length)),
  'its beginning is missing': (bytes, below) => bytes.slice(1 + below(bytes.length)),
  'a piece is missing': (bytes, below) => {
    const [from, to] = range(bytes, below)
    return joined(bytes.subarray(0, from), bytes.subarray(to))
  },
  'a piece is there twice': (bytes, below) => {
    const [from, to] = range(bytes, below)
    return joined(bytes.subarray(0, to), bytes.subarray(from))
  },
  'a piece is zero': (bytes, below) => bytes.slice().fill(0, ...range(bytes, below)),
  'a piece is noise': (bytes, below) => {
    const [from, to] = range(bytes, below)
    return bytes.map((byte, at) => (at >= from && at < to ? below(256) : byte))
  },
  'two pieces are exchanged': (bytes, below) => {
    const [from, to] = range(bytes, below)
    const middle = to + below(bytes.length - to + 1)
    const end = Math.min(bytes.length, middle + to - from)
    return joined(
      bytes.subarray(0, from),
      bytes.subarray(middle, end),
      bytes.subarray(to, middle),
      bytes.subarray(from, to),
      bytes.subarray(end),
    )
  },
  'something is behind it': (bytes, below) =>
    joined(
      bytes,
      Uint8Array.from({ length: 1 + below(64) }, () => below(256)),
    ),
}

/** So many ways in which these bytes could be damaged, the same ones for the same seed. None leaves them as they are. */
export function* mutations(bytes: Uint8Array, count: number, seed: number): Generator<Mutation> {
  const random = chance(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const kinds = Object.entries(changes)
  for (let made = 0; made < count; ) {
    const kind = kinds[below(kinds.length)]
    if (kind === undefined) continue
    const mutated = kind[1](bytes, below)
    if (isEqual(mutated, bytes)) continue
    made += 1
    yield { what: kind[0], bytes: mutated }
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
