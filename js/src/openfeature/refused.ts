import type { Client, ClientOptions } from '../types.js'

/** Answers of a server that has nothing against asking, and something against who asks. */
const FATAL = [401, 403]

/** Remembers why a client could have nothing, which it tells nobody but `onError`. */
export class Refused {
  #last: Error | undefined

  /** The options of a client whose errors are remembered, and told as before. */
  listening(options: ClientOptions): ClientOptions {
    return {
      ...options,
      onError: (error) => {
        this.#last = error
        options.onError?.(error)
      },
    }
  }

  get isFatal(): boolean {
    return FATAL.includes((this.#last as { status?: number } | undefined)?.status ?? 0)
  }

  message({ status }: Client): string {
    return this.#last?.message ?? `there are no answers, and the client is \`${status}\``
  }
}
