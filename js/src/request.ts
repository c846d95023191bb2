import type { ClientOptions } from './types.js'

const LONGEST_RETRY_AFTER_MS = 3_600_000

/** Why an answer is of no use. A body that nobody reads keeps its connection. */
export async function refusal(address: string, { status, body }: Response): Promise<Error> {
  await body?.cancel()
  const mend = status === 401 ? 'give createClient a `key` that it knows' : 'look at its body for the reason'
  return Object.assign(new Error(`${address} answered ${status}; ${mend}`), { status })
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** Asks the worker with a client's token, and hears how long it wants to be left alone. */
export class Requests {
  /** Zero unless the last answer said otherwise. */
  retryAfterMs = 0
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #fetch: typeof globalThis.fetch
  readonly #closing = new AbortController()

  constructor({ url = '', key, fetch = globalThis.fetch }: ClientOptions) {
    this.#base = url.replace(/\/+$/, '')
    this.#headers = key ? { authorization: `Bearer ${key}` } : {}
    // Workers and browsers refuse a `fetch` that was taken off its object.
    this.#fetch = (...request) => fetch(...request)
  }

  /** Where a path of the worker is. */
  at(path: string): string {
    return `${this.#base}/${path.replace(/^\/+/, '')}`
  }

  /** Rejects only when there is no answer at all. */
  async send(address: string, { headers, ...question }: Question): Promise<Response> {
    const response = await this.#fetch(address, { ...question, headers: { ...this.#headers, ...headers } })
    const after = response.headers.get('retry-after') ?? ''
    const ms = Number.isNaN(Number(after)) ? Date.parse(after) - Date.now() : 1000 * Number(after)
    const isBusy = response.status === 429 || response.status === 503
    this.retryAfterMs = isBusy ? Math.min(Math.max(ms, 0) || 0, LONGEST_RETRY_AFTER_MS) : 0
    return response
  }

  /** A signal that is given when the client is closed, when it is stopped, or when nothing was heard for so long. */
  patience(address: string, limitMs: number) {
    const asking = new AbortController()
    const late = new Error(`${address} did not answer within ${limitMs / 1000} seconds`)
    const wait = () => setTimeout(() => asking.abort(late), limitMs)
    const stop = () => asking.abort()
    const { signal: closing } = this.#closing
    if (closing.aborted) stop()
    closing.addEventListener('abort', stop)
    let timer = wait()
    return {
      signal: asking.signal,
      stop,
      again: () => {
        clearTimeout(timer)
        timer = wait()
      },
      done: () => {
        clearTimeout(timer)
        closing.removeEventListener('abort', stop)
      },
    }
  }

  /** Stops waiting for answers. */
  close(): void {
    this.#closing.abort()
  }
}
