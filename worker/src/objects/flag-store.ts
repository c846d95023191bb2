import { DurableObject } from 'cloudflare:workers'
import { type Issue, loadControl } from 'fader'
import { type Env, parseSettings } from '../env.ts'
import type { Bundle } from '../revision/bundle.ts'
import { type Publication, prepare } from '../revision/publication.ts'
import { Documents } from './documents.ts'

/** Which revisions a publisher is content to replace. An empty store is at revision 0. */
export type Expected = readonly number[] | 'any'

/** What came of an attempt to publish. Data and no exception, because it crosses from the object to its caller. */
export type Published =
  | {
      readonly kind: 'published'
      readonly environment: string
      readonly revision: number
      readonly published: string
      readonly flags: number
    }
  | { readonly kind: 'mismatch'; readonly revision: number }
  | { readonly kind: 'invalid'; readonly issues: Issue[]; readonly issueCount: number }
  | { readonly kind: 'not-json'; readonly detail: string }

export interface HistoryEntry {
  readonly revision: number
  readonly published: string
  readonly bytes: number
  readonly flags: number
}

/** More issues than anyone reads, and few enough to be sent. */
const ISSUES_LISTED = 10_000
const HISTORY_PAGE = 100

/**
 * The definition of one environment, with all its revisions: the single place where one is made.
 *
 * Documents cross as bytes, because a call carries 32 MiB at most, and text may take two bytes a character on the way.
 */
export class FlagStore extends DurableObject<Env> {
  readonly #sql: SqlStorage
  readonly #documents: Documents
  readonly #environment: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#environment = parseSettings(env).environment
    this.#sql = ctx.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS revision (
      revision INTEGER PRIMARY KEY,
      published INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      flags INTEGER NOT NULL
    )`)
    this.#documents = new Documents(this.#sql)
  }

  /** Makes these bytes the next revision, unless there is an issue with them or another one came first. */
  async publish(definition: Uint8Array, expected: Expected): Promise<Published> {
    const control = await loadControl()
    // From here on nothing is awaited, so no other call comes in between the comparison and the write.
    const revision = this.#latest()
    if (expected !== 'any' && !expected.includes(revision)) return { kind: 'mismatch', revision }

    const place = { environment: this.#environment, revision: revision + 1 }
    const prepared = prepare(control, definition, place)
    if (prepared.kind === 'not-json') return prepared
    if (prepared.kind === 'invalid') {
      const { issues } = prepared
      return { kind: 'invalid', issues: issues.slice(0, ISSUES_LISTED), issueCount: issues.length }
    }
    const published = Date.now()
    this.#write(place.revision, published, prepared.publication)
    const { flags } = prepared.publication
    return { kind: 'published', ...place, published: new Date(published).toISOString(), flags }
  }

  /** The latest definition, or null when nothing is published. */
  current(): { revision: number; definition: Uint8Array } | null {
    const revision = this.#latest()
    if (revision === 0) return null
    return { revision, definition: this.#documents.read(revision, 'definition') }
  }

  /** What an isolate needs to go on from the revision that it has, or null when it has the latest. */
  newer(revision: number): Bundle | null {
    const latest = this.#latest()
    if (latest <= revision) return null
    return {
      revision: latest,
      edge: this.#documents.read(latest, 'edge'),
      client: this.#documents.read(latest, 'client'),
      reveal: this.#documents.read(latest, 'reveal'),
    }
  }

  /** A page of revisions, newest first, all of them before the one that is given. */
  history(before: number = Number.MAX_SAFE_INTEGER): HistoryEntry[] {
    const rows = this.#sql.exec<{ revision: number; published: number; bytes: number; flags: number }>(
      'SELECT revision, published, bytes, flags FROM revision WHERE revision < ? ORDER BY revision DESC LIMIT ?',
      before,
      HISTORY_PAGE,
    )
    return Array.from(rows, (row) => ({ ...row, published: new Date(row.published).toISOString() }))
  }

  #latest(): number {
    return this.#sql.exec<{ latest: number }>('SELECT coalesce(max(revision), 0) AS latest FROM revision').one().latest
  }

  #write(revision: number, published: number, publication: Publication): void {
    const { definition, edge, client, reveal, flags } = publication
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec('INSERT INTO revision VALUES (?, ?, ?, ?)', revision, published, definition.byteLength, flags)
      this.#documents.write(revision, 'definition', definition)
      this.#documents.write(revision, 'edge', edge)
      this.#documents.write(revision, 'client', client)
      this.#documents.write(revision, 'reveal', reveal)
      this.#documents.dropCompiledBefore(revision)
    })
  }
}
