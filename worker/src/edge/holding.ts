import { createVerifier, type Engine, loadEngine, StatementRefused, type TrustedKey, type Verifier } from 'fader'
import type { AccessEntry } from '../access/token.ts'
import { strongEtag } from '../etag.ts'
import {
  type Bundle,
  decodeReveal,
  type Genuine,
  type Head,
  type Reveal,
  type Verified,
  verifyBundle,
} from '../revision/bundle.ts'

/** A document as it was signed, to be handed on. */
export type Document = Genuine & { readonly etag: string }

/** One revision at work in this isolate. */
export interface Adopted {
  readonly revision: number
  /** To be used before the next `await`: it is freed when a newer revision takes its place. */
  readonly engine: Engine
  readonly revealed: ReadonlyMap<string, Reveal>
  readonly edge: Document
  readonly client: Document
  readonly reveal: Genuine
}

/** Of which moment an isolate is, and what it was given at that moment. */
interface Held extends Head {
  readonly expires: number
  readonly entries: ReadonlyMap<string, AccessEntry>
  /** Absent before the first. */
  readonly bundle: Bundle | undefined
}

/** What came of offering a bundle. `renewed`: the revision is the same, and its signatures or the tokens are not. */
export type Taken = 'adopted' | 'renewed' | 'known'

interface HoldingOptions {
  readonly environment: string
  readonly trustedKeys: readonly TrustedKey[]
  readonly now: () => number
}

/**
 * What an isolate answers from, and the rules by which something else takes its place.
 *
 * Whatever is offered is verified first. What is refused changes nothing.
 */
export class Holding {
  readonly #environment: string
  readonly #verify: Verifier
  readonly #now: () => number
  #held: Held = { revision: 0, issued: 0, expires: Number.POSITIVE_INFINITY, entries: new Map(), bundle: undefined }
  #floor: Head = { revision: 0, issued: 0 }
  #adopted: Adopted | undefined

  constructor({ environment, trustedKeys, now }: HoldingOptions) {
    this.#environment = environment
    this.#verify = createVerifier(trustedKeys)
    this.#now = now
  }

  get held(): Held {
    return this.#held
  }

  get adopted(): Adopted | undefined {
    return this.#adopted
  }

  /** Whether the signatures of what is at work have run out. It goes on, and is stale. */
  get isExpired(): boolean {
    return this.#held.expires <= this.#now()
  }

  /** Nothing below this is taken any more. */
  raiseFloor({ revision, issued }: Head): void {
    this.#floor = {
      revision: Math.max(this.#floor.revision, revision),
      issued: Math.max(this.#floor.issued, issued),
    }
  }

  /** Rejects with a `StatementRefused` when the bundle is not genuine, however old it is. */
  async verify(bundle: Bundle): Promise<Verified> {
    return await verifyBundle(bundle, this.#verify, this.#environment)
  }

  /** Puts the bundle to work. Rejects when it is not to be used; until it is at work, the one before it goes on. */
  async take(bundle: Bundle): Promise<Taken> {
    const verified = await this.verify(bundle)
    if (verified.expires <= this.#now()) throw new StatementRefused('its signature has expired')
    return await this.#replace(bundle, verified, () => this.#isNewer(verified))
  }

  /**
   * Puts a bundle to work that came with the deployment, for when there is nothing else. It may have expired, and newer
   * ones may have been seen, but whose it is matters here too.
   */
  async takeLastResort(bundle: Bundle): Promise<Taken> {
    const verified = await this.verify(bundle)
    return await this.#replace(bundle, verified, () => this.#adopted === undefined)
  }

  async #replace(bundle: Bundle, verified: Verified, isWanted: () => boolean): Promise<Taken> {
    if (!isWanted()) return 'known'
    const entries = decodeAccess(verified.access.bytes)
    const loaded = this.#isAtWork(verified) ? undefined : await this.#load(verified)
    let next = loaded
    try {
      // While it was loaded, another may have been faster, and then this is no news or a renewal.
      if (!isWanted()) return 'known'
      const last = this.#adopted
      next = this.#isAtWork(verified) ? renewed(last, verified) : loaded
      const { revision, issued, expires } = verified
      this.#held = { revision, issued, expires, entries, bundle }
      this.raiseFloor(verified)
      this.#adopted = next
      if (next?.engine !== last?.engine) last?.engine.free()
      return next?.engine === last?.engine ? 'renewed' : 'adopted'
    } finally {
      if (loaded !== undefined && loaded !== this.#adopted) loaded.engine.free()
    }
  }

  /** Throws when it is older than what was seen, and says whether it is later than what is held. */
  #isNewer({ revision, issued }: Verified): boolean {
    if (revision < Math.max(this.#held.revision, this.#floor.revision)) {
      throw new StatementRefused('its revision is below one that was seen')
    }
    if (issued < Math.max(this.#held.issued, this.#floor.issued)) {
      throw new StatementRefused('it was issued before one that was seen')
    }
    return issued > this.#held.issued
  }

  #isAtWork({ revision }: Verified): boolean {
    return this.#adopted?.revision === revision
  }

  async #load({ release, revision }: Verified): Promise<Adopted | undefined> {
    if (release === undefined) return undefined
    const { edge, client, reveal } = release
    const revealed = decodeReveal(reveal.bytes)
    const documents = {
      edge: { ...edge, etag: await strongEtag(edge.bytes) },
      client: { ...client, etag: await strongEtag(client.bytes) },
    }
    const engine = await loadEngine(edge.bytes)
    if (engine.revision === revision && engine.environment === this.#environment) {
      return { revision, engine, revealed, reveal, ...documents }
    }
    engine.free()
    throw new StatementRefused('the snapshot is of another revision or environment than its signature')
  }
}

/** A revision is one thing: signed anew it must be the same, or one of the two is not what was published. */
function renewed(last: Adopted | undefined, { release }: Verified): Adopted | undefined {
  if (last === undefined || release === undefined) return undefined
  const { edge, client, reveal } = release
  if (
    edge.digest !== last.edge.digest ||
    client.digest !== last.client.digest ||
    reveal.digest !== last.reveal.digest
  ) {
    throw new StatementRefused('it is another revision of the same number')
  }
  return { ...last, reveal, edge: { ...last.edge, ...edge }, client: { ...last.client, ...client } }
}

function decodeAccess(json: Uint8Array): ReadonlyMap<string, AccessEntry> {
  const entries = JSON.parse(new TextDecoder().decode(json)) as AccessEntry[]
  return new Map(entries.map((entry) => [entry.digest, entry]))
}
