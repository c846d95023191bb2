import { DurableObject } from 'cloudflare:workers'
import { loadControl } from 'fader'
import type { Actor, Granted, TokenRecord, TokenWish } from '../access/token.ts'
import { type Env, parseSettings, type Settings } from '../env.ts'
import { sha256Hex } from '../hex.ts'
import { decodeText } from '../json.ts'
import { report } from '../log.ts'
import { grantRefusalOf, revokeRefusalOf } from '../operate/authority.ts'
import { brief } from '../operate/brief.ts'
import type { HistoryEntry, Published, Refused, Request, Result, Unchanged } from '../operate/operation.ts'
import { type Current, type Performed, perform } from '../operate/perform.ts'
import { type Previewed, type PreviewRequest, previewOf, tooLong } from '../operate/preview.ts'
import { type Deed, encodeHead, headAt, type LogHead, nextEntry, type Version } from '../revision/audit.ts'
import { type Bundle, type DocumentName, documentNames, type Head, type Signed } from '../revision/bundle.ts'
import { Signer } from '../revision/signer.ts'
import { Answers, type Asked } from './answers.ts'
import { AuditLog } from './audit-log.ts'
import { Copies } from './copies.ts'
import { Documents } from './documents.ts'
import { type Revision, Revisions } from './revisions.ts'
import { Statements } from './statements.ts'
import { type KnownToken, Tokens } from './tokens.ts'
import { Turns } from './turns.ts'

/** How long a statement may be adopted. It is renewed long before. */
const VALIDITY_MS = 30 * 24 * 3600 * 1000

const UNSIGNED = 'what is published could not be signed, so that nobody adopts it'

/** What is signed at one moment: the documents of a revision, and how long the audit log then is. */
interface Standing {
  readonly revision: number
  /** Before the first revision `access` alone. */
  readonly documents: Partial<Readonly<Record<DocumentName, Uint8Array>>>
  readonly log: LogHead
}

/** Why a token was made or revoked, and the key of the request. */
interface GrantOptions {
  readonly why?: string
  readonly idempotencyKey?: string
}

/**
 * The definition of one environment, with all its revisions: the single place where one is made.
 *
 * Whatever is done is signed first, and then written in one transaction: revision, documents, statements, tokens, audit
 * and answer are there together, or none of them is. Documents cross as bytes, because a call carries 32 MiB at most, and
 * text may take two bytes a character on the way.
 */
export class FlagStore extends DurableObject<Env> {
  readonly #settings: Settings
  readonly #signer: Signer | undefined
  readonly #documents: Documents
  readonly #revisions: Revisions
  readonly #statements: Statements
  readonly #tokens: Tokens
  readonly #log: AuditLog
  readonly #answers: Answers
  readonly #copies: Copies
  readonly #turns = new Turns()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#settings = parseSettings(env)
    this.#signer = this.#settings.signingKey && new Signer(this.#settings.signingKey)
    const { sql } = ctx.storage
    this.#documents = new Documents(sql)
    this.#revisions = new Revisions(sql)
    this.#statements = new Statements(sql)
    this.#tokens = new Tokens(sql)
    this.#log = new AuditLog(sql)
    this.#answers = new Answers(sql)
    this.#copies = new Copies({
      storage: ctx.storage,
      kv: env.BUNDLES,
      environment: this.#settings.environment,
      renew: () => this.#renew(),
      validityMs: VALIDITY_MS,
      kid: this.#settings.signingKey?.kid,
      store: this,
    })
    // Revisions of a version that signed nothing would otherwise reach nobody until the next one.
    const isUnsigned = this.#statements.issued() === 0 && this.#latest() > 0
    const begin = () => (isUnsigned ? this.#renew() : this.#copies.arm())
    void ctx.blockConcurrencyWhile(() => begin().catch((cause) => report(UNSIGNED, cause)))
  }

  override async alarm(): Promise<void> {
    await this.#copies.work()
  }

  /** What the store has now, or null when nothing was ever signed. */
  head(): Head | null {
    const issued = this.#statements.issued()
    return issued === 0 ? null : { revision: this.#latest(), issued }
  }

  /** Everything that an isolate needs, or null when nothing was ever signed. */
  bundle(): Bundle | null {
    const { documents } = this.#standing()
    const parts: Partial<Record<DocumentName, Signed>> = {}
    for (const name of documentNames) {
      const [bytes, statement] = [documents[name], this.#statements.about(name)]
      if (bytes !== undefined && statement !== undefined) parts[name] = { bytes, statement }
    }
    const { access } = parts
    return access === undefined ? null : { ...parts, access }
  }

  /** Whose admin token has this digest, in lowercase hex; null when nobody's, or not any more. */
  actor(digest: string): Actor | null {
    const token = this.#tokens.withDigest(digest)
    if (token === undefined || token.kind !== 'admin' || token.revoked !== undefined) return null
    const { id, name, role, scope, expires } = token
    if (role === undefined || (expires !== undefined && expires <= Date.now())) return null
    return { ...scope, id, name, role, kind: 'person', ...(expires !== undefined && { expires }) }
  }

  /**
   * Does something to the definition, unless there is an issue with it, the actor may not, or another revision came
   * first. To kill a flag goes before everything that is waiting.
   */
  operate(request: Request): Promise<Result> {
    const urgency = request.operation.kind === 'kill' ? 'urgent' : 'usual'
    return this.#turns.take(() => this.#operate(request), urgency)
  }

  /** Signs what some flags are to give to whoever has the link. */
  preview({ wish, actor, why, idempotencyKey }: PreviewRequest): Promise<Previewed> {
    return this.#turns.take(async () => {
      const asked = await askedOf(actor, idempotencyKey, { preview: wish, why })
      return this.#once<Previewed>(actor, asked, async (signer) => {
        const { environment } = this.#settings
        const wished = previewOf(wish, actor, { environment, current: this.#current(), now: Date.now() })
        if (wished.kind !== 'ready') return wished
        const preview = await signer.preview(wished.preview)
        const answer = { kind: 'signed', preview, expires: wished.preview.expires } as const
        const deed = { action: 'preview', why, preview: wished.told } as const
        return tooLong(preview) ?? this.#note(answer, { actor, ...deed }, asked)
      })
    })
  }

  /** A definition, by default the latest; null when it was never published. */
  definition(revision = this.#latest()): { revision: number; definition: Uint8Array } | null {
    const definition = this.#documents.read(revision, 'definition')
    return definition.byteLength === 0 ? null : { revision, definition }
  }

  /** A page of revisions, newest first, all of them before the one that is given. */
  history(before: number = Number.MAX_SAFE_INTEGER): HistoryEntry[] {
    return this.#revisions
      .page(before)
      .map(({ published, digest: _, ...told }) => ({ ...told, published: new Date(published).toISOString() }))
  }

  /** All tokens, also those that were revoked, newest first. */
  tokens(): TokenRecord[] {
    return this.#tokens.all()
  }

  /** Makes a token known. */
  grant(actor: Actor, wish: TokenWish, { why = '', idempotencyKey }: GrantOptions = {}): Promise<Granted> {
    return this.#turns.take(async () => {
      const asked = await askedOf(actor, idempotencyKey, { grant: wish, why })
      const { digest, ...power } = wish
      const detail = grantRefusalOf(actor, power)
      if (detail !== null) return { kind: 'forbidden', detail }
      return this.#once(actor, asked, async () => {
        if (this.#tokens.withDigest(digest) !== undefined) return { kind: 'taken' }
        const record = { ...power, id: crypto.randomUUID(), by: actor.name, created: Date.now() }
        return this.#setToken({ digest, record }, { actor, action: 'grant', why }, asked)
      })
    })
  }

  /** Makes a token worthless: at once to the store, and to isolates as soon as they hear of it. */
  revoke(actor: Actor, id: string, { why = '', idempotencyKey }: GrantOptions = {}): Promise<Granted> {
    return this.#turns.take(async () => {
      const asked = await askedOf(actor, idempotencyKey, { revoke: id, why })
      const token = this.#tokens.withId(id)
      if (token === undefined) return { kind: 'not-there' }
      const detail = revokeRefusalOf(actor, token.record)
      if (detail !== null) return { kind: 'forbidden', detail }
      return this.#once(actor, asked, async () => {
        if (token.record.revoked !== undefined) return { kind: 'done', token: token.record }
        const record = { ...token.record, revoked: Date.now() }
        return this.#setToken({ digest: token.digest, record }, { actor, action: 'revoke', why }, asked)
      })
    }, 'urgent')
  }

  /** A page of the exact texts of what the audit log has after an entry; empty at its end. */
  audit(after: number): string[] {
    return this.#log.page(after)
  }

  /** How long the audit log is and the hash of its last entry, signed; null when nothing was ever signed. */
  auditHead(): Signed | null {
    const statement = this.#statements.about('audit')
    return statement === undefined ? null : { statement, bytes: encodeHead(this.#log.head()) }
  }

  async #operate(request: Request): Promise<Result> {
    const { operation, actor, why, expected, idempotencyKey } = request
    const isDefine = operation.kind === 'define' && idempotencyKey !== undefined
    const told = isDefine ? { ...operation, definition: await sha256Hex(operation.definition) } : operation
    const asked = await askedOf(actor, idempotencyKey, { operation: told, why, expected })
    return this.#once<Result>(actor, asked, async () => {
      const revision = this.#latest()
      if (expected !== 'any' && !expected.includes(revision)) return { kind: 'mismatch', revision }
      const now = Date.now()
      const performed = perform(operation, actor, {
        control: await loadControl(),
        place: { environment: this.#settings.environment, revision: revision + 1 },
        current: this.#current(),
        earlier: (earlier) => this.definition(earlier)?.definition ?? null,
        now,
      })
      if (performed.kind === 'ready') return this.#publish(performed, { request, now, asked })
      return performed.kind === 'unchanged' ? this.#leave(asked) : performed
    })
  }

  async #publish(
    { publication, changes }: Extract<Performed, { kind: 'ready' }>,
    { request, now, asked }: { request: Request; now: number; asked: Asked | undefined },
  ): Promise<Result> {
    const { edge, client, reveal, definition } = publication
    const latest = this.#revisions.latest()
    const next: Revision = {
      revision: (latest?.revision ?? 0) + 1,
      published: now,
      bytes: definition.byteLength,
      flags: publication.flags,
      digest: await sha256Hex(definition),
      by: request.actor.name,
      byId: request.actor.id,
      why: request.why,
      operation: request.operation.kind,
      ...brief(changes),
    }
    const entry = await nextEntry(this.#log.head(), deedOf(request, latest, next))
    const answer = { kind: 'published', ...this.#told(next) } as const
    const documents = { edge, client, reveal, access: this.#tokens.access() }
    await this.#seal({ revision: next.revision, documents, log: headAt(entry) }, () => {
      this.#revisions.write(next)
      this.#documents.writeRevision(next.revision, { definition, edge, client, reveal })
      this.#log.write(entry)
      this.#keep(asked, answer)
    })
    return answer
  }

  /** Everything is so already: nothing is done, and the latest revision told of. */
  #leave(asked: Asked | undefined): Unchanged {
    const latest = this.#revisions.latest()
    if (latest === undefined) throw new Error('nothing can be as it is wanted before the first revision')
    const answer = { kind: 'unchanged', ...this.#told({ ...latest, changes: [], changeCount: 0 }) } as const
    this.ctx.storage.transactionSync(() => this.#keep(asked, answer))
    return answer
  }

  /** Writes down what was done that changes nothing. */
  async #note<Answer extends object>(
    answer: Answer,
    { actor, ...done }: { actor: Actor } & Omit<Deed, 'at' | 'actor'>,
    asked: Asked | undefined,
  ): Promise<Answer> {
    const entry = await nextEntry(this.#log.head(), { at: new Date().toISOString(), actor: namedOf(actor), ...done })
    await this.#seal({ ...this.#standing(), log: headAt(entry) }, () => {
      this.#log.write(entry)
      this.#keep(asked, answer)
    })
    return answer
  }

  async #setToken(
    token: KnownToken,
    { actor, ...done }: { actor: Actor } & Pick<Deed, 'action' | 'why'>,
    asked: Asked | undefined,
  ): Promise<Granted> {
    const { by: _, created: __, revoked: ___, ...told } = token.record
    const at = new Date().toISOString()
    const entry = await nextEntry(this.#log.head(), { at, actor: namedOf(actor), ...done, token: told })
    const answer: Granted = { kind: 'done', token: token.record }
    const { revision, documents } = this.#standing()
    const changed = { ...documents, access: this.#tokens.access(token) }
    await this.#seal({ revision, documents: changed, log: headAt(entry) }, () => {
      this.#tokens.write(token)
      this.#log.write(entry)
      this.#keep(asked, answer)
    })
    return answer
  }

  /** Gives the answer that a request had before, and has the work done only when it had none. */
  async #once<Answer>(
    actor: Actor,
    asked: Asked | undefined,
    work: (signer: Signer) => Promise<Answer>,
  ): Promise<Answer | Extract<Refused, { kind: 'key-reused' | 'unsigned' | 'forbidden' }>> {
    // Since the route let them in, they may have waited while somebody revoked their token.
    const isRevoked = this.#tokens.withId(actor.id)?.record.revoked !== undefined
    if (isRevoked) return { kind: 'forbidden', detail: 'This token was revoked.' }
    const earlier = asked && this.#answers.find<Answer>(asked, Date.now())
    if (earlier === 'reused') return { kind: 'key-reused' }
    if (earlier !== undefined) return { ...earlier, replayed: true }
    return this.#signer === undefined ? { kind: 'unsigned' } : work(this.#signer)
  }

  /** To be called in the transaction of what was done. */
  #keep(asked: Asked | undefined, answer: object): void {
    if (asked !== undefined) this.#answers.write(asked, answer, Date.now())
  }

  /**
   * Signs the documents of a moment, and stores the statements together with whatever else `write` stores.
   *
   * Signing comes first: were it to fail, or the object to end meanwhile, nothing would have been written.
   */
  async #seal({ revision, documents, log }: Standing, write: () => void = () => undefined): Promise<void> {
    const signer = this.#signer
    if (signer === undefined) return
    const issued = Math.max(Date.now(), this.#statements.issued() + 1)
    const moment = { environment: this.#settings.environment, revision, issued, expires: issued + VALIDITY_MS }
    const about = { ...documents, audit: encodeHead(log) }
    const signed = await Promise.all(
      ([...documentNames, 'audit'] as const).flatMap((name) => {
        const bytes = about[name]
        return bytes === undefined ? [] : [signer.sign(name, bytes, moment).then((made) => ({ name, ...made }))]
      }),
    )
    this.ctx.storage.transactionSync(() => {
      write()
      for (const { name, statement } of signed) this.#statements.write(name, issued, statement)
    })
    await this.#copies.arm()
  }

  /** Signs everything anew, as it is. */
  #renew(): Promise<void> {
    return this.#turns.take(() => this.#seal(this.#standing()))
  }

  /** What is there now, to be signed again or handed out. */
  #standing(): Standing {
    const revision = this.#latest()
    const read = (name: 'edge' | 'client' | 'reveal') => this.#documents.read(revision, name)
    const release = revision === 0 ? {} : { edge: read('edge'), client: read('client'), reveal: read('reveal') }
    return { revision, documents: { ...release, access: this.#tokens.access() }, log: this.#log.head() }
  }

  #current(): Current | null {
    const current = this.definition()
    if (current === null) return null
    const { revision, definition } = current
    return { revision, definition: decodeText(definition), reveal: this.#documents.read(revision, 'reveal') }
  }

  #told({ revision, published, flags, changes, changeCount }: Revision): Omit<Published, 'kind'> {
    const at = new Date(published).toISOString()
    return { environment: this.#settings.environment, revision, published: at, flags, changes, changeCount }
  }

  #latest(): number {
    return this.#revisions.latestNumber()
  }
}

function deedOf({ operation, actor, why }: Request, before: Revision | undefined, after: Revision): Deed {
  return {
    at: new Date(after.published).toISOString(),
    actor: namedOf(actor),
    action: operation.kind,
    why,
    ...('flag' in operation && { flag: operation.flag }),
    ...(operation.kind === 'roll-back' && { to: operation.revision }),
    ...(before !== undefined && { before: versionOf(before) }),
    after: versionOf(after),
    changes: after.changes,
    changeCount: after.changeCount,
  }
}

function namedOf({ id, name, kind }: Actor): Deed['actor'] {
  return { id, name, kind }
}

function versionOf({ revision, digest }: Revision): Version {
  return { revision, digest }
}

async function askedOf(actor: Actor, key: string | undefined, request: object): Promise<Asked | undefined> {
  if (key === undefined) return undefined
  return { actor: actor.id, key, digest: await sha256Hex(JSON.stringify(request)) }
}
