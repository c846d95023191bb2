import type { Store, WaitUntil } from '../call.ts'
import { isObject } from '../json.ts'
import { type Bundle, decodeBundle, encodeBundle, type Head } from '../revision/bundle.ts'
import { bundleKey, pointerKey } from '../revision/copy.ts'
import { Late, within } from '../within.ts'
import { Nearby } from './nearby.ts'

/** One place where a bundle may lie. */
export interface Place {
  readonly name: 'bundled' | 'cache' | 'kv' | 'store'
  /** The bundle, or null when it is not here. */
  readonly fetch: () => Promise<Bundle | null>
}

/** Where an isolate hears of what is new, and gets it. Nothing that it gives is trusted yet. */
export interface Source {
  /** How often each was asked, or gave something. */
  readonly counters: Readonly<Record<string, number>>
  /**
   * What is newest; null when nothing was ever signed. The store says it, or said it within half an interval to another
   * isolate of this place, unless it is to be asked at once. Rejects when the store cannot be reached.
   */
  head(atOnce: boolean, background: WaitUntil): Promise<Head | null>
  /** The moment that KV takes for the newest, for when the store does not answer; null when KV does not either. */
  pointer(): Promise<number | null>
  /** Where the bundle of a moment may be, nearest first. */
  places(issued: number, atOnce: boolean): readonly Place[]
  /** The highest that was ever seen in this place. */
  floor(): Promise<Head | null>
  /** Keeps a bundle that was verified for the other isolates of this place, and what was seen. Never rejects. */
  keep(bundle: Bundle, head: Head, from: Place['name']): Promise<void>
}

interface SourceOptions {
  readonly environment: string
  readonly refreshIntervalMs: number
  readonly store: () => Pick<Store, 'head' | 'bundle'>
  readonly kv?: Pick<KVNamespace, 'get'> | undefined
  readonly nearby?: Nearby
  readonly now?: () => number
  /** How long each may take. */
  readonly limitsMs?: { readonly head: number; readonly kv: number; readonly store: number }
}

const LIMITS_MS = { head: 2000, kv: 1000, store: 5000 }
const BUNDLE_KEPT_S = 24 * 3600
/** As long as a statement is valid. What is older is not adopted anyhow. */
const FLOOR_KEPT_S = 30 * 24 * 3600

/** The store's number for freshness; the cache of this place, then KV, then the store for the bulk. */
export function sourceOf(options: SourceOptions): Source {
  const { environment, store, kv, nearby = new Nearby(environment), limitsMs = LIMITS_MS } = options
  const shared = new SharedHead(nearby, options)
  const counters = { head: 0, shared: 0, cache: 0, kv: 0, store: 0 }
  const places = {
    cache: async (issued: number) => decoded(await nearby.bytes(`bundle/${issued}`)),
    kv: async (issued: number) => decoded(await getBytes(kv, bundleKey(environment, issued), limitsMs.kv)),
    store: () => twice(() => within(store().bundle(), limitsMs.store)),
  }
  const place = (name: keyof typeof places, issued: number): Place => ({
    name,
    fetch: async () => {
      const bundle = await places[name](issued)
      if (bundle !== null) counters[name] += 1
      return bundle
    },
  })
  return {
    counters,
    head: async (atOnce, background) => {
      const known = atOnce ? undefined : await shared.get()
      if (known !== undefined) counters.shared += 1
      if (known !== undefined) return known
      counters.head += 1
      const at = shared.now()
      const head = await twice(() => within(store().head(), limitsMs.head))
      if (head !== null) background(shared.put(head, at))
      return head
    },
    pointer: async () => {
      const pointer = await getBytes(kv, pointerKey(environment), limitsMs.kv).catch(() => null)
      return pointer === null ? null : wholeNumber(Number(new TextDecoder().decode(pointer)))
    },
    places: (issued, atOnce) =>
      // What is known to be new is nowhere but in the store, and a miss in KV may be remembered there for a minute.
      atOnce ? [place('store', issued)] : (['cache', 'kv', 'store'] as const).map((name) => place(name, issued)),
    floor: async () => headOf(await nearby.json('floor')),
    keep: async (bundle, { revision, issued }, from) => {
      const isNew = from === 'kv' || from === 'store'
      await Promise.all([
        nearby.put('floor', { revision, issued }, FLOOR_KEPT_S),
        isNew ? nearby.put(`bundle/${issued}`, encodeBundle(bundle), BUNDLE_KEPT_S) : undefined,
      ])
    },
  }
}

/** A store that fails once may answer the next time; one that has too much to do is left alone. */
async function twice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    const { overloaded } = (cause ?? {}) as { overloaded?: unknown }
    if (overloaded === true || cause instanceof Late) throw cause
    return await ask()
  }
}

/** The head that somebody of this place was told. It is shared for half an interval, because a kill waits for its end. */
class SharedHead {
  readonly now: () => number
  readonly #nearby: Nearby
  readonly #sharedMs: number

  constructor(nearby: Nearby, { refreshIntervalMs, now = Date.now }: SourceOptions) {
    this.#nearby = nearby
    this.#sharedMs = refreshIntervalMs / 2
    this.now = now
  }

  async get(): Promise<Head | undefined> {
    const found = await this.#nearby.json('head')
    const head = headOf(found)
    const at = isObject(found) ? wholeNumber(found.at) : null
    if (head === null || at === null) return undefined
    return Math.abs(this.now() - at) < this.#sharedMs ? head : undefined
  }

  async put(head: Head, at: number): Promise<void> {
    await this.#nearby.put('head', { ...head, at }, Math.ceil(this.#sharedMs / 1000))
  }
}

async function getBytes(
  kv: Pick<KVNamespace, 'get'> | undefined,
  key: string,
  limitMs: number,
): Promise<Uint8Array | null> {
  if (kv === undefined) return null
  const found = await within(kv.get(key, 'arrayBuffer'), limitMs)
  return found === null ? null : new Uint8Array(found)
}

function decoded(bytes: Uint8Array | null): Bundle | null {
  return bytes === null ? null : decodeBundle(bytes)
}

function headOf(value: unknown): Head | null {
  if (!isObject(value)) return null
  const [revision, issued] = [wholeNumber(value.revision), wholeNumber(value.issued)]
  return revision === null || issued === null ? null : { revision, issued }
}

function wholeNumber(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null
}
