/** How much of a flag may leave the edge. A flag that is not named here is not revealed at all. */
export type Reveal = 'rule' | 'value'

/** All that an isolate needs of one revision, handed over by the store in one piece so that its parts fit together. */
export interface Bundle {
  readonly revision: number
  /** The snapshot of every flag, for the isolate's own engine. */
  readonly edge: Uint8Array
  /** The snapshot of the flags that clients may evaluate themselves. */
  readonly client: Uint8Array
  /** JSON: the reveal of each flag that is revealed. */
  readonly reveal: Uint8Array
}

export function encodeReveal(flags: ReadonlyMap<string, Reveal>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(flags)))
}

/** A map and no object, so that a flag named `constructor` is only there when it is. */
export function decodeReveal(json: Uint8Array): Map<string, Reveal> {
  const entries = Object.entries(JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>)
  return new Map(entries.filter((entry): entry is [string, Reveal] => isReveal(entry[1])))
}

/** Everything else, also what a later version may add, counts as not revealed. */
export function isReveal(value: unknown): value is Reveal {
  return value === 'rule' || value === 'value'
}
