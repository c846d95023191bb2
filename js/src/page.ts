const OF_DOCUMENT = ['visibilitychange', 'freeze', 'resume']
const OF_WINDOW = ['pagehide', 'pageshow', 'online', 'offline']

/** Whether anybody may be looking at the page, and whether it has network. Where there is no page, both are so. */
export class Page {
  readonly #document: Document | undefined = globalThis.document
  readonly #listening = new AbortController()
  #isAway = false

  /** `changed` is called whenever it may be otherwise. */
  constructor(changed: () => void) {
    const note = ({ type }: globalThis.Event) => {
      this.#isAway = type === 'pagehide' || type === 'freeze'
      changed()
    }
    if (!this.#document) return
    const { signal } = this.#listening
    for (const name of OF_DOCUMENT) this.#document.addEventListener(name, note, { signal })
    for (const name of OF_WINDOW) addEventListener(name, note, { signal })
  }

  /** Whether it lies in the browser's cache of pages, or is frozen. */
  get isAway(): boolean {
    return this.#isAway
  }

  get isSeen(): boolean {
    return !this.#document || !(this.#isAway || this.#document.visibilityState === 'hidden')
  }

  get isOnline(): boolean {
    return !this.#document || navigator.onLine !== false
  }

  close(): void {
    this.#listening.abort()
  }
}
