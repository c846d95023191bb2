import type { ClientOptions, Engine } from './types.js'
import { type Statement, type Verifier, verifierOf } from './verification.js'

/** What a client adopts that has keys: only what one of them signed. Clients without keys do not load this. */
export class Trust {
  readonly #document: 'client' | 'edge'
  readonly #verify: Verifier
  #environment: string | undefined
  /** What the last signature is about, to see whether a new one is about the same. */
  #snapshot: Uint8Array | undefined
  #signature: string | undefined
  #expires = Number.POSITIVE_INFINITY

  constructor({ keys = [], verifier, projection = 'client', environment }: ClientOptions) {
    this.#document = projection
    this.#verify = verifier ?? verifierOf(keys)
    this.#environment = environment
  }

  /** Whether the signature of what is at work has run out. */
  get hasExpired(): boolean {
    return this.#expires <= Date.now()
  }

  /**
   * Gives what was signed of a snapshot. Rejects when that is not to be believed. What was adopted before may have run
   * out meanwhile, or the clock may be wrong: it goes on, and is stale.
   */
  async check(signature: string | undefined, snapshot: Uint8Array, wasAdopted = false): Promise<Statement> {
    if (!signature) throw new Error('the snapshot is not signed')
    const said = await this.#verify(signature, this.#document, snapshot)
    if (!wasAdopted && said.expires <= Date.now()) throw new Error('the signature of the snapshot has expired')
    this.#signature = signature
    return said
  }

  /** Remembers a snapshot that was loaded. Throws when it is not what was signed. */
  accept({ revision, environment }: Engine, said: Statement, snapshot: Uint8Array): void {
    const expected = this.#environment ?? environment
    if (said.revision !== revision || said.environment !== environment || environment !== expected)
      throw new Error(`the snapshot is of another revision or environment: ${revision} of ${environment}`)
    this.#environment = expected
    this.#expires = said.expires
    this.#snapshot = snapshot
  }

  /** What was accepted may have been signed anew. */
  async renew(signature: string | undefined): Promise<void> {
    if (!signature || !this.#snapshot || signature === this.#signature) return
    this.#expires = (await this.check(signature, this.#snapshot)).expires
  }
}
