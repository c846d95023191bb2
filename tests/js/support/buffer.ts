const SLOT = 16

/** What a slot holds, read as the crate reads it: `undefined` for what is absent, and a list as its length and rows. */
export type Slot = string | number | boolean | undefined | 'OTHER' | { readonly length: number; readonly rows: number }

/** Reads a buffer of attributes back, by the layout that the crate's `context` module describes. */
export class Reader {
  readonly #view: DataView

  constructor(memory: WebAssembly.Memory, address: number) {
    this.#view = new DataView(memory.buffer, address)
  }

  /** What stands in a slot of the row that begins at an offset. */
  slot(row: number, place: number): Slot {
    const at = row + place * SLOT
    const word = (index: number) => this.#view.getUint32(at + index * 4, true)
    switch (word(0)) {
      case 0:
        return undefined
      case 1:
        return false
      case 2:
        return true
      case 3:
        return this.#view.getFloat64(at + 8, true)
      case 4:
        return this.#text(word(2), word(1))
      case 5:
        return 'OTHER'
      case 6:
        return { length: word(1), rows: word(2) }
      default:
        throw new Error(`there is no tag ${word(0)}`)
    }
  }

  #text(start: number, length: number): string {
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
}
