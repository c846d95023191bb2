const OF_DOCUMENT = ['visibilitychange', 'freeze', 'resume']
const OF_WINDOW = ['pagehide', 'pageshow', 'online', 'offline']

/** Whether anybody may be looking at the page, and whether it has network. Where there is no page, both are so. */
export class Page {
  #isAway = false
  readonly #stop: () => void

  /** `changed` is told the name of each event after which it may be otherwise. */
  constructor(changed: (event: string) => void) {
    const note = ({ type }: globalThis.Event) => {
      this.#isAway = type === 'pagehide' || type === 'freeze'
      changed(type)
    }
    const listened: [EventTarget, string[]][] =
      typeof document === 'undefined'
        ? []
        : [
            [document, OF_DOCUMENT],
            [globalThis, OF_WINDOW],
          ]
    for (const [place, names] of listened) for (const name of names) place.addEventListener(name, note)
    this.#stop = () => {
      for (const [place, names] of listened) for (const name of names) place.removeEventListener(name, note)
    }
  }

  /** Whether it lies in the browser's cache of pages, or is frozen. */
  get isAway(): boolean {
    return this.#isAway
  }

  get isSeen(): boolean {
    return typeof document === 'undefined' || !(this.#isAway || document.visibilityState === 'hidden')
  }

  get isOnline(): boolean {
    return typeof document === 'undefined' || navigator.onLine !== false
  }

  close(): void {
    this.#stop()
  }
}
