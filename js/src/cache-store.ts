import type { ClientOptions, SnapshotStore, StoredSnapshot } from './types.js'

const ETAG = 'etag'
const SIGNATURE = 'fader-signature'
/** Storage that does not answer must not keep a page waiting. */
const PATIENCE_MS = 1000

/**
 * Keeps snapshots in the browser's Cache API. Where there is none, or it is forbidden, full or broken, nothing is kept,
 * and nobody is any the worse.
 */
export class CacheStore implements SnapshotStore {
  async read(name: string): Promise<StoredSnapshot | undefined> {
    try {
      const giveUp = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS))
      return await Promise.race([find(name), giveUp])
    } catch {
      return undefined
    }
  }

  async write(name: string, { snapshot, etag, signature }: StoredSnapshot): Promise<void> {
    try {
      const headers = new Headers({ 'content-type': 'application/octet-stream' })
      if (etag !== undefined) headers.set(ETAG, etag)
      if (signature !== undefined) headers.set(SIGNATURE, signature)
      // The types of bodies want bytes that are shared with nobody, and these are.
      await (await open()).put(addressOf(name), new Response(snapshot as Uint8Array<ArrayBuffer>, { headers }))
    } catch {
      // The next start asks the network.
    }
  }
}

async function find(name: string): Promise<StoredSnapshot | undefined> {
  const response = await (await open()).match(addressOf(name))
  if (!response) return undefined
  const headerOf = (header: string) => response.headers.get(header) ?? undefined
  const snapshot = new Uint8Array(await response.arrayBuffer())
  return { snapshot, etag: headerOf(ETAG), signature: headerOf(SIGNATURE) }
}

/** Where a client's snapshots last: where its host says so, and otherwise in the browser's cache, if it is in a page. */
export function storeOf({ snapshots }: ClientOptions, isPage: boolean): SnapshotStore | undefined {
  return snapshots ?? (isPage ? new CacheStore() : undefined)
}

const open = () => caches.open('fader')

/** Caches hold answers to addresses of the web only. This one is nobody's, and never asked. */
const addressOf = (name: string) => `https://fader.invalid/${encodeURIComponent(name)}`
