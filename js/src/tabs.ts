import { Page } from './page.js'

/** What one tab tells the others: that there is a revision, and its snapshot where that is what they evaluate. */
export interface Message {
  readonly revision: number
  readonly etag?: string | undefined
  readonly signature?: string | undefined
  readonly snapshot?: Uint8Array | undefined
}

export interface TabsOptions {
  /** Tabs of one name belong together. */
  readonly name: string
  /** Told when this tab is the one that asks for all, and when it no longer is. */
  lead(isLeading: boolean): void
  /** Told what another tab said. It may be anything that looks like a message, so it is verified as if downloaded. */
  hear(message: Message): void
  /** What this tab has, to be told to one that is new. */
  current(): Message | undefined
}

/**
 * The tabs of a browser: one that is seen asks for all of them, and the others are told what it got. Where a browser has
 * no locks or no channels between tabs, or refuses them, each tab asks for itself.
 */
export class Tabs {
  readonly #options: TabsOptions
  readonly #page: Page
  #channel: BroadcastChannel | undefined
  /** Ends this tab's turn, or its waiting for one. */
  #turn: AbortController | undefined
  #isLeading = false
  #isAlone = false

  constructor(options: TabsOptions) {
    this.#options = options
    this.#page = new Page(() => this.#follow())
    this.#follow()
  }

  /** Tells the others what this tab has got. */
  tell(message: Message): void {
    try {
      this.#channel?.postMessage(message)
    } catch {
      // They will ask for themselves when it is their turn.
    }
  }

  close(): void {
    this.#page.close()
    this.#leave()
  }

  /** Does what is right for a page that is seen, or for one that is not. */
  #follow(): void {
    if (this.#isAlone) return
    // A page that may be put away, to come back as it is, must hold neither a lock nor a channel.
    if (this.#page.isAway) {
      this.#leave()
      return
    }
    this.#join()
    if (this.#page.isSeen) this.#compete()
    else if (!this.#isAlone) this.#giveUp()
  }

  #join(): void {
    if (this.#channel) return
    try {
      this.#channel = new BroadcastChannel(this.#options.name)
      this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data)
      this.#channel.postMessage({ hello: this.#options.current()?.revision ?? -1 })
    } catch {
      this.#goAlone()
    }
  }

  #compete(): void {
    if (this.#turn || this.#isAlone) return
    const turn = new AbortController()
    this.#turn = turn
    try {
      const { signal } = turn
      navigator.locks
        .request(this.#options.name, { signal }, () => this.#serve(signal))
        .catch(() => {
          if (!signal.aborted) this.#goAlone()
        })
    } catch {
      this.#goAlone()
    }
  }

  /** Leads until the signal. */
  async #serve(ending: AbortSignal): Promise<void> {
    if (ending.aborted) return
    this.#lead(true)
    await new Promise((resolve) => ending.addEventListener('abort', resolve))
  }

  #giveUp(): void {
    this.#turn?.abort()
    this.#turn = undefined
    this.#lead(false)
  }

  #leave(): void {
    this.#giveUp()
    this.#channel?.close()
    this.#channel = undefined
  }

  #goAlone(): void {
    this.#leave()
    this.#isAlone = true
    this.#lead(true)
  }

  #lead(isLeading: boolean): void {
    if (isLeading === this.#isLeading) return
    this.#isLeading = isLeading
    this.#options.lead(isLeading)
  }

  #hear(data: unknown): void {
    const { hello, ...message } = (data ?? {}) as Partial<Message> & { hello?: unknown }
    const revision = hello ?? message.revision
    if (!Number.isSafeInteger(revision)) return
    const current = this.#options.current()
    // Who is behind is told by the one that leads, whether it is new or just found something old.
    if (this.#isLeading && current && Number(revision) < current.revision) this.tell(current)
    if (message.revision === revision && isMessage(message)) this.#options.hear(message)
  }
}

const isAbsentOrText = (item: unknown) => item === undefined || typeof item === 'string'

const isMessage = (message: Partial<Message>): message is Message =>
  (message.snapshot === undefined || message.snapshot instanceof Uint8Array) &&
  [message.etag, message.signature].every(isAbsentOrText)
