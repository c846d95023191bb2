import { delayMs, leftOf, type Span } from './backoff.js'
import type { Requests } from './request.js'

/** Longer than the pause between two signs of life of the stream. */
const SILENCE_MS = 45_000

/** Whom to ask, and the address of the stream. */
export interface StreamSource {
  readonly requests: Requests
  readonly stream: string
}

interface StreamOptions {
  readonly source: StreamSource
  /** Streams that could not be had are tried again after one such, more or less. */
  readonly intervalMs: number
  opened(): void
  /** It was open, and is no more, and not because it was ended here. */
  lost(): void
  told(revision: number): void
}

/** Listens to what the worker tells of new revisions. */
export class RevisionStream {
  readonly #options: StreamOptions
  #listening: AbortController | undefined
  #isOpen = false
  #lastId = ''
  #until: Span = { from: 0, ms: 0 }

  constructor(options: StreamOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Keeps the stream, from now to its end. Never rejects: what is not streamed is polled. */
  async listen(): Promise<void> {
    if (this.#listening || leftOf(this.#until) > 0) return
    const { source, intervalMs, lost } = this.#options
    const listening = new AbortController()
    this.#listening = listening
    const isThere = await this.#read(listening.signal).catch(() => true)
    // Whoever ended it knows, and another may be open by now.
    if (this.#listening !== listening) return
    const wasOpen = this.end()
    if (wasOpen) return lost()
    const ms = isThere ? source.requests.retryAfterMs + delayMs(2, intervalMs, Math.random()) : Infinity
    this.#until = { from: Date.now(), ms }
  }

  /** Returns whether it was open. */
  end(): boolean {
    const wasOpen = this.#isOpen
    this.#listening?.abort()
    this.#listening = undefined
    this.#isOpen = false
    return wasOpen
  }

  /** Reads to the end. Gives false when the server has no stream. */
  async #read(ending: AbortSignal): Promise<boolean> {
    const { requests, stream } = this.#options.source
    const { signal, stop, again, done } = requests.patience(stream, SILENCE_MS)
    ending.addEventListener('abort', stop)
    try {
      const headers: Record<string, string> = this.#lastId ? { 'last-event-id': this.#lastId } : {}
      const response = await requests.send(stream, { headers, signal })
      const isStream = /^text\/event-stream/.test(response.headers.get('content-type') ?? '')
      if (response.status === 200 && isStream && response.body) {
        this.#isOpen = true
        this.#options.opened()
        await read(response.body, again, (data, id) => this.#hear(data, id))
        return true
      }
      await response.body?.cancel()
      return response.status !== 200 && response.status !== 404
    } finally {
      done()
    }
  }

  #hear(data: string, id: string): void {
    this.#lastId = id
    this.#options.told(announced(data))
  }
}

/** The revision that an event tells of; 0 when it is not about that. */
function announced(data: string): number {
  try {
    const { type, revision } = JSON.parse(data) as { type?: unknown; revision?: unknown }
    return type === 'refetchEvaluation' ? Number(revision) || 0 : 0
  } catch {
    return 0
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
