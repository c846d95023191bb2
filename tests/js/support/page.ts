import { vi } from 'vitest'

/** As much of a page as a client looks at, for Node, which has none. */
export class FakePage {
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  readonly navigator = { onLine: true }
  readonly #window = new EventTarget()

  /** `unstubAllGlobals` takes it away again. */
  install(more: object = {}): void {
    vi.stubGlobal('document', this.document)
    vi.stubGlobal('navigator', Object.assign(this.navigator, more))
    for (const name of ['addEventListener', 'removeEventListener'] as const)
      vi.stubGlobal(name, this.#window[name].bind(this.#window))
  }

  hide(): void {
    this.see('hidden')
  }

  show(): void {
    this.see('visible')
  }

  see(state: string): void {
    this.document.visibilityState = state
    this.document.dispatchEvent(new Event('visibilitychange'))
  }

  setOnline(isOnline: boolean): void {
    this.navigator.onLine = isOnline
    this.#window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'))
  }

  /** Tells the window of a thing, such as `pagehide`, or the document, such as `freeze`. */
  tell(name: string): void {
    const place = name.startsWith('page') ? this.#window : this.document
    place.dispatchEvent(new Event(name))
  }
}
