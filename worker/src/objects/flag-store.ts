import { DurableObject } from 'cloudflare:workers'
import { loadControl } from 'fader'
import type { AccessEntry, Actor, Granted, TokenRecord, TokenWish } from '../access/token.ts'
import { type Env, parseSettings, type Settings } from '../env.ts'
import type { HistoryEntry, Operation, Request, Result } from '../operate/operation.ts'
import { type Bundle, documentNames, type Head, type Signed } from '../revision/bundle.ts'
import { type Publication, prepare } from '../revision/publication.ts'
import { Signer } from '../revision/signer.ts'
import { Copies } from './copies.ts'
import { Documents } from './documents.ts'

/** More issues than anyone reads, and few enough to be sent. */
const ISSUES_LISTED = 10_000
const HISTORY_PAGE = 100
/** How long a statement may be adopted. It is renewed long before. */
const VALIDITY_MS = 30 * 24 * 3600 * 1000

/**
 * The definition of one environment, with all its revisions: the single place where one is made.
 *
 * Documents cross as bytes, because a call carries 32 MiB at most, and text may take two bytes a character on the way.
 */
export class FlagStore extends DurableObject<Env> {
  readonly #sql: SqlStorage
  readonly #documents: Documents
  readonly #settings: Settings
  readonly #signer: Signer | undefined
  readonly #copies: Copies
  #writing: Promise<unknown> = Promise.resolve()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#settings = parseSettings(env)
    this.#signer = this.#settings.signingKey && new Signer(this.#settings.signingKey)
    this.#sql = ctx.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS revision (
      revision INTEGER PRIMARY KEY,
      published INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      flags INTEGER NOT NULL,
      actor TEXT NOT NULL,
      why TEXT NOT NULL,
      operation TEXT NOT NULL,
      changes TEXT NOT NULL
    )`)
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS token (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      record TEXT NOT NULL
    )`)
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS signed (
      document TEXT PRIMARY KEY,
      issued INTEGER NOT NULL,
      statement TEXT NOT NULL
    )`)
    this.#documents = new Documents(this.#sql)
    this.#copies = new Copies({
      storage: ctx.storage,
      kv: env.BUNDLES,
      environment: this.#settings.environment,
      renew: () => this.#alone(() => this.#sign(this.#latest())),
      validityMs: VALIDITY_MS,
      kid: this.#settings.signingKey?.kid,
      store: this,
    })
    void ctx.blockConcurrencyWhile(() => this.#copies.arm())
  }

  override async alarm(): Promise<void> {
    await this.#copies.work()
  }

  /** What the store has now, or null when nothing was ever signed. */
  head(): Head | null {
    const issued = this.#issued()
    return issued === 0 ? null : { revision: this.#latest(), issued }
  }

  /** Everything that an isolate needs, or null when nothing was ever signed. */
  bundle(): Bundle | null {
    const revision = this.#latest()
    const parts: Partial<Record<keyof Bundle, Signed>> = {}
    for (const name of documentNames) {
      const row = this.#sql.exec<{ statement: string }>('SELECT statement FROM signed WHERE document = ?', name)
      const [signed] = [...row]
      const bytes = name === 'access' ? this.#access() : this.#documents.read(revision, name)
      if (signed !== undefined) parts[name] = { statement: signed.statement, bytes }
    }
    const { access } = parts
    return access === undefined ? null : { ...parts, access }
  }

  /** Whose admin token has this digest, in lowercase hex; null when nobody's, or not any more. */
  actor(digest: string): Actor | null {
    const [row] = [...this.#sql.exec<{ record: string }>('SELECT record FROM token WHERE digest = ?', digest)]
    if (row === undefined) return null
    const { id, name, kind, role, scope, revoked, expires } = JSON.parse(row.record) as TokenRecord
    if (kind !== 'admin' || role === undefined || revoked !== undefined) return null
    if (expires !== undefined && expires <= Date.now()) return null
    return { ...scope, id, name, role, kind: 'person' }
  }

  /** Does something to the definition, unless there is an issue with it or another revision came first. */
  operate(request: Request): Promise<Result> {
    return this.#alone(() => this.#operate(request))
  }

  /** A definition, by default the latest; null when it was never published. */
  definition(revision = this.#latest()): { revision: number; definition: Uint8Array } | null {
    const definition = this.#documents.read(revision, 'definition')
    return definition.byteLength === 0 ? null : { revision, definition }
  }

  /** A page of revisions, newest first, all of them before the one that is given. */
  history(before: number = Number.MAX_SAFE_INTEGER): HistoryEntry[] {
    const rows = this.#sql.exec<{
      revision: number
      published: number
      bytes: number
      flags: number
      actor: string
      why: string
      operation: string
      changes: string
    }>('SELECT * FROM revision WHERE revision < ? ORDER BY revision DESC LIMIT ?', before, HISTORY_PAGE)
    return Array.from(rows, ({ actor, published, operation, changes, ...row }) => ({
      ...row,
      by: actor,
      published: new Date(published).toISOString(),
      operation: operation as Operation['kind'],
      changes: JSON.parse(changes),
    }))
  }

  /** All tokens, also those that were revoked, newest first. */
  tokens(): TokenRecord[] {
    const rows = this.#sql.exec<{ record: string }>('SELECT record FROM token ORDER BY rowid DESC')
    return Array.from(rows, ({ record }) => JSON.parse(record) as TokenRecord)
  }

  /** Makes a token known. */
  grant(actor: Actor, { digest, ...wish }: TokenWish): Promise<Granted> {
    return this.#alone(async () => {
      const token = { ...wish, id: crypto.randomUUID(), by: actor.name, created: Date.now() }
      const known = this.#sql.exec('SELECT 1 FROM token WHERE digest = ?', digest)
      if ([...known].length > 0) return { kind: 'taken' }
      this.#sql.exec('INSERT INTO token VALUES (?, ?, ?)', token.id, digest, JSON.stringify(token))
      await this.#sign(this.#latest())
      return { kind: 'done', token }
    })
  }

  revoke(_actor: Actor, _id: string): Promise<Granted> {
    throw new Error('not yet')
  }

  audit(_after: number): string[] {
    throw new Error('not yet')
  }

  auditHead(): Signed | null {
    throw new Error('not yet')
  }

  /** One writer after another: a comparison and the write that it allows must not have another's write between them. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work, work)
    this.#writing = done.catch(() => undefined)
    return done
  }

  async #operate({ operation, actor, why, expected }: Request): Promise<Result> {
    if (this.#signer === undefined) return { kind: 'unsigned' }
    if (operation.kind !== 'define') return { kind: 'not-there', detail: 'not yet' }
    const control = await loadControl()
    const revision = this.#latest()
    if (expected !== 'any' && !expected.includes(revision)) return { kind: 'mismatch', revision }
    const place = { environment: this.#settings.environment, revision: revision + 1 }
    const prepared = prepare(control, operation.definition, place)
    if (prepared.kind === 'not-json') return prepared
    if (prepared.kind === 'invalid') {
      const { issues } = prepared
      return { kind: 'invalid', issues: issues.slice(0, ISSUES_LISTED), issueCount: issues.length }
    }
    const published = Date.now()
    const { publication } = prepared
    this.#write(place.revision, publication, [published, actor.name, why, operation.kind, '[]'])
    await this.#sign(place.revision)
    const { flags } = publication
    return { kind: 'published', ...place, published: new Date(published).toISOString(), flags, changes: [] }
  }

  #latest(): number {
    return this.#sql.exec<{ latest: number }>('SELECT coalesce(max(revision), 0) AS latest FROM revision').one().latest
  }

  #issued(): number {
    return this.#sql.exec<{ issued: number }>('SELECT coalesce(max(issued), 0) AS issued FROM signed').one().issued
  }

  #write(revision: number, publication: Publication, told: [number, ...string[]]): void {
    const { definition, edge, client, reveal, flags } = publication
    const [published, actor, why, operation, changes] = told
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec(
        'INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        revision,
        published,
        definition.byteLength,
        flags,
        actor,
        why,
        operation,
        changes,
      )
      this.#documents.write(revision, 'definition', definition)
      this.#documents.write(revision, 'edge', edge)
      this.#documents.write(revision, 'client', client)
      this.#documents.write(revision, 'reveal', reveal)
      this.#documents.dropCompiledBefore(revision)
    })
  }

  /** The tokens that isolates know. */
  #access(): Uint8Array {
    const rows = this.#sql.exec<{ digest: string; record: string }>('SELECT digest, record FROM token ORDER BY id')
    const entries = Array.from(rows).flatMap(({ digest, record }): AccessEntry[] => {
      const { id, kind, origins, expires, revoked } = JSON.parse(record) as TokenRecord
      if (kind === 'admin' || revoked !== undefined) return []
      return [{ id, kind, digest, ...(origins && { origins }), ...(expires && { expires }) }]
    })
    return new TextEncoder().encode(JSON.stringify(entries))
  }

  async #sign(revision: number): Promise<void> {
    const signer = this.#signer
    if (signer === undefined) return
    const issued = Math.max(Date.now(), this.#issued() + 1)
    const moment = { environment: this.#settings.environment, revision, issued, expires: issued + VALIDITY_MS }
    const names = revision === 0 ? (['access'] as const) : documentNames
    const signed = await Promise.all(
      names.map(async (name) => {
        const bytes = name === 'access' ? this.#access() : this.#documents.read(revision, name)
        return { name, ...(await signer.sign(name, bytes, moment)) }
      }),
    )
    this.ctx.storage.transactionSync(() => {
      for (const { name, statement } of signed) {
        this.#sql.exec('INSERT OR REPLACE INTO signed VALUES (?, ?, ?)', name, issued, statement)
      }
    })
    await this.#copies.arm()
  }
}
