/** A snapshot as it came, and by what name to ask for a newer one. */
export interface Fetched {
  readonly snapshot: Uint8Array
  readonly etag: string | undefined
}

const TIMEOUT_MS = 10_000

/** Where a client's snapshots come from. */
export class SnapshotSource {
  readonly #address: string
  readonly #fetch: typeof globalThis.fetch
  readonly #key: string | undefined
  #asking: AbortController | undefined

  constructor(url: string, fetch: typeof globalThis.fetch = globalThis.fetch, key?: string) {
    this.#key = key
    this.#address = `${url.replace(/\/+$/, '')}/v1/snapshot/client`
    // Workers and browsers refuse a `fetch` that was taken off its object.
    this.#fetch = (...request) => fetch(...request)
  }

  /** Returns the snapshot, or nothing while it is still the one of that ETag. */
  async fetch(etag: string | undefined): Promise<Fetched | undefined> {
    const asking = new AbortController()
    const late = new Error(`${this.#address} did not answer within ${TIMEOUT_MS / 1000} seconds`)
    const timer = setTimeout(() => asking.abort(late), TIMEOUT_MS)
    this.#asking = asking
    try {
      return await this.#ask(etag, asking.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Stops waiting for an answer. */
  close(): void {
    this.#asking?.abort()
  }

  async #ask(etag: string | undefined, signal: AbortSignal): Promise<Fetched | undefined> {
    const headers = {
      ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
      ...(etag !== undefined && { 'if-none-match': etag }),
    }
    const response = await this.#fetch(this.#address, { headers, signal })
    if (response.status === 304 && etag !== undefined) {
      // Browsers report an answer that nobody read to its end as broken off.
      await response.arrayBuffer()
      return undefined
    }
    if (response.status !== 200) {
      // A body that nobody reads keeps its connection.
      await response.body?.cancel()
      throw new Error(`${this.#address} answered ${response.status}; look at its body for the reason`)
    }
    return {
      snapshot: new Uint8Array(await response.arrayBuffer()),
      etag: response.headers.get('etag') ?? undefined,
    }
  }
}
