import { Requests, refusal } from './request.js'
import type { ClientOptions } from './types.js'

/** What came of asking. Without a snapshot it is still the one of that ETag. */
export interface Fetched {
  readonly snapshot: Uint8Array | undefined
  /** By what name to ask for a newer one. */
  readonly etag: string | undefined
  readonly signature: string | undefined
}

const TIMEOUT_MS = 10_000

/** Where a client's snapshots come from. */
export class SnapshotSource {
  readonly requests: Requests
  readonly address: string
  /** Where it is told that there is a newer one. */
  readonly stream: string

  constructor(options: ClientOptions, requests = new Requests(options)) {
    const { projection, paths } = options
    this.requests = requests
    this.address = requests.at(paths?.snapshot ?? `v1/snapshot${projection === 'edge' ? '' : '/client'}`)
    this.stream = requests.at(paths?.stream ?? 'v1/stream')
  }

  /** Returns the snapshot, or none while it is still the one of that ETag. */
  async fetch(etag: string | undefined): Promise<Fetched> {
    const { signal, done } = this.requests.patience(this.address, TIMEOUT_MS)
    try {
      return await this.#ask(etag, signal)
    } finally {
      done()
    }
  }

  /** Stops waiting for answers. */
  close(): void {
    this.requests.close()
  }

  async #ask(etag: string | undefined, signal: AbortSignal): Promise<Fetched> {
    const headers = etag === undefined ? {} : { 'if-none-match': etag }
    const response = await this.requests.send(this.address, { headers, signal })
    const isKnown = response.status === 304 && etag !== undefined
    if (response.status !== 200 && !isKnown) throw await refusal(this.address, response)
    // Browsers report an answer that nobody read to its end as broken off.
    const body = new Uint8Array(await response.arrayBuffer())
    return {
      snapshot: isKnown ? undefined : body,
      etag: isKnown ? etag : (response.headers.get('etag') ?? undefined),
      signature: response.headers.get('fader-signature') ?? undefined,
    }
  }
}
