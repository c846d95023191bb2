import type { ClientOptions } from './types.js'

/** What came of asking. Without a snapshot it is still the one of that ETag. */
export interface Fetched {
  readonly snapshot: Uint8Array | undefined
  /** By what name to ask for a newer one. */
  readonly etag: string | undefined
  readonly signature: string | undefined
}

const TIMEOUT_MS = 10_000
/** Longer than the pause between two signs of life of the stream. */
const SILENCE_MS = 45_000
const LONGEST_RETRY_AFTER_MS = 3_600_000

/** Where a client's snapshots come from. */
export class SnapshotSource {
  readonly address: string
  /** How long the server wants to be left alone. */
  retryAfterMs = 0
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #fetch: typeof globalThis.fetch
  readonly #closing = new AbortController()

  constructor({ url = '', key, projection, fetch = globalThis.fetch }: ClientOptions) {
    this.#base = `${url.replace(/\/+$/, '')}/v1/`
    this.address = `${this.#base}snapshot${projection === 'edge' ? '' : '/client'}`
    this.#headers = key ? { authorization: `Bearer ${key}` } : {}
    // Workers and browsers refuse a `fetch` that was taken off its object.
    this.#fetch = (...request) => fetch(...request)
  }

  /** Returns the snapshot, or none while it is still the one of that ETag. */
  async fetch(etag: string | undefined): Promise<Fetched> {
    const { signal, done } = this.#patience(this.address, TIMEOUT_MS)
    try {
      return await this.#ask(etag, signal)
    } finally {
      done()
    }
  }

  /**
   * Reads the stream of events to its end. Tells of its opening, and of the data and the id of each event. Gives false
   * when the server has no stream.
   */
  async listen(last: string, opened: () => void, told: (data: string, id: string) => void): Promise<boolean> {
    const address = `${this.#base}stream`
    const { signal, again, done } = this.#patience(address, SILENCE_MS)
    try {
      const response = await this.#request(address, last ? { 'last-event-id': last } : {}, signal)
      const isStream = /^text\/event-stream/.test(response.headers.get('content-type') ?? '')
      if (response.status === 200 && isStream && response.body) {
        opened()
        await read(response.body, again, told)
        return true
      }
      await response.body?.cancel()
      return response.status !== 200 && response.status !== 404
    } finally {
      done()
    }
  }

  /** Stops waiting for answers. */
  close(): void {
    this.#closing.abort()
  }

  async #ask(etag: string | undefined, signal: AbortSignal): Promise<Fetched> {
    const response = await this.#request(this.address, etag === undefined ? {} : { 'if-none-match': etag }, signal)
    const isKnown = response.status === 304 && etag !== undefined
    if (response.status !== 200 && !isKnown) {
      // A body that nobody reads keeps its connection.
      await response.body?.cancel()
      const mend =
        response.status === 401 ? 'give createClient a `key` that it knows' : 'look at its body for the reason'
      const { status } = response
      throw Object.assign(new Error(`${this.address} answered ${status}; ${mend}`), { status })
    }
    // Browsers report an answer that nobody read to its end as broken off.
    const body = new Uint8Array(await response.arrayBuffer())
    return {
      snapshot: isKnown ? undefined : body,
      etag: isKnown ? etag : (response.headers.get('etag') ?? undefined),
      signature: response.headers.get('fader-signature') ?? undefined,
    }
  }

  async #request(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(address, { headers: { ...this.#headers, ...headers }, signal })
    const after = response.headers.get('retry-after') ?? ''
    const ms = Number.isNaN(Number(after)) ? Date.parse(after) - Date.now() : 1000 * Number(after)
    const isBusy = response.status === 429 || response.status === 503
    this.retryAfterMs = isBusy ? Math.min(Math.max(ms, 0) || 0, LONGEST_RETRY_AFTER_MS) : 0
    return response
  }

  /** A signal that is given when the client is closed, or when nothing was heard for so long. */
  #patience(address: string, limitMs: number) {
    const asking = new AbortController()
    const late = new Error(`${address} did not answer within ${limitMs / 1000} seconds`)
    const wait = () => setTimeout(() => asking.abort(late), limitMs)
    const close = () => asking.abort()
    const { signal: closing } = this.#closing
    closing.addEventListener('abort', close)
    let timer = wait()
    return {
      signal: asking.signal,
      again: () => {
        clearTimeout(timer)
        timer = wait()
      },
      done: () => {
        clearTimeout(timer)
        closing.removeEventListener('abort', close)
      },
    }
  }
}

/** Reads server-sent events, as far as this server sends them: one line of data for each. */
async function read(
  body: ReadableStream<Uint8Array>,
  alive: () => void,
  told: (data: string, id: string) => void,
): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let id = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    alive()
    const lines = (text + decoder.decode(value, { stream: true })).split(/\r?\n/)
    text = lines.pop() ?? ''
    for (const line of lines) {
      const [, field, content = ''] = /^(id|data): ?(.*)/.exec(line) ?? []
      if (field === 'id') id = content
      if (field === 'data') told(content, id)
    }
  }
}
