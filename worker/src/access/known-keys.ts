import { sha256Hex } from '../hex.ts'

const MAX_KEYS = 1000

/**
 * The digests of client tokens that were found good, by the tokens themselves, so that not every request has to wait
 * for SHA-256.
 *
 * Only what a token's digest is stands here, and nothing of what it may do: that is looked up each time, so that one
 * that was revoked or has expired is refused. Client tokens are public; a secret one is never kept.
 */
export class KnownKeys {
  readonly #digests = new Map<string, string>()

  /** The SHA-256 of a token, in lowercase hex, at once where it is known. */
  digestOf(token: string): string | Promise<string> {
    return this.#digests.get(token) ?? sha256Hex(token)
  }

  /** Keeps the digest of a client token. Beyond a thousand the one that came first is dropped. */
  keep(token: string, digest: string): void {
    if (this.#digests.has(token)) return
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined && this.#digests.size >= MAX_KEYS) this.#digests.delete(oldest)
    this.#digests.set(token, digest)
  }

  get size(): number {
    return this.#digests.size
  }
}
