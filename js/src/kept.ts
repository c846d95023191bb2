import type { Memory } from './types.js'

/**
 * What is kept of an address: the highest revision that was seen; the last answers, and for whom; what is held until the
 * session ends; what sticky flags assigned; how starts ended.
 */
export type RecordName = '' | ':answers' | ':held' | ':sticky' | ':starts'

/** Records of one address in a memory. A memory may be absent, forbidden, full or spoilt: then there are no records. */
export class Kept {
  readonly #prefix: string
  readonly #memory: () => Memory

  constructor(address: string, memory: () => Memory) {
    this.#prefix = `fader:${address}`
    this.#memory = memory
  }

  /** What was written by this name, or by whoever else can write there: it may be of any shape. */
  read<T>(name: RecordName): T | undefined {
    try {
      return JSON.parse(this.#memory().getItem(this.#prefix + name) ?? '') as T
    } catch {
      return undefined
    }
  }

  write(name: RecordName, record: unknown): void {
    try {
      this.#memory().setItem(this.#prefix + name, JSON.stringify(record))
    } catch {
      // The next start does without.
    }
  }
}

/** One text for contexts that are equal, whatever the order of their members. Undefined where there can be none. */
export function canonical(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner))
  } catch {
    return undefined
  }
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((name) => [name, record[name]]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
