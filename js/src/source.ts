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

  constructor(url: string, fetch: typeof globalThis.fetch = globalThis.fetch) {
    this.#address = `${url.replace(/\/+$/, '')}/v1/snapshot/client`
    // Workers and browsers refuse a `fetch` that was taken off its object.
    this.#fetch = (...request) => fetch(...request)
  }

  /** Returns the snapshot, or nothing while it is still the one of that ETag. */
  async fetch(etag: string | undefined): Promise<Fetched | undefined> {
    const response = await this.#fetch(this.#address, {
      headers: etag === undefined ? {} : { 'if-none-match': etag },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status === 304) return undefined
    if (!response.ok) throw new Error(`${this.#address} answered ${response.status}; look at its body for the reason`)
    return {
      snapshot: new Uint8Array(await response.arrayBuffer()),
      etag: response.headers.get('etag') ?? undefined,
    }
  }
}
