import type { Memory } from 'fader'
import type { SnapshotStore, StoredSnapshot } from '../../../js/dist/types.js'

/** What a browser keeps over restarts, to be looked into. */
export class TestMemory implements Memory {
  readonly content: Record<string, string> = {}

  getItem(name: string): string | null {
    return this.content[name] ?? null
  }

  setItem(name: string, value: string): void {
    this.content[name] = value
  }

  removeItem(name: string): void {
    delete this.content[name]
  }

  /** The record whose name ends so. */
  record(end: string): unknown {
    const name = Object.keys(this.content).find((each) => each.endsWith(end))
    return name === undefined ? undefined : JSON.parse(this.content[name] ?? 'null')
  }
}

/** A memory of somebody who forbids it. */
export const forbidden: Memory = {
  getItem: () => refuse(),
  setItem: () => refuse(),
  removeItem: () => refuse(),
}

function refuse(): never {
  throw new DOMException('the visitor does not want to be remembered', 'SecurityError')
}

/** Keeps snapshots as a browser does, but for a test alone. */
export class TestSnapshots implements SnapshotStore {
  readonly content = new Map<string, StoredSnapshot>()

  async read(name: string): Promise<StoredSnapshot | undefined> {
    return this.content.get(name)
  }

  async write(name: string, stored: StoredSnapshot): Promise<void> {
    this.content.set(name, stored)
  }
}
