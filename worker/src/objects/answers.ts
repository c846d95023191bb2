/** How long a key is remembered. Who asks again after that is taken for somebody new. */
const KEPT_MS = 24 * 3600 * 1000

/** A request that its sender can name: who asks again with the same key wants the same thing done once. */
export interface Asked {
  /** The id of the actor. Nobody meets another's keys. */
  readonly actor: string
  readonly key: string
  /** SHA-256 of what was asked. */
  readonly digest: string
}

/** The answers to requests that were sent with a key. */
export class Answers {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS answer (
      actor TEXT NOT NULL,
      key TEXT NOT NULL,
      digest TEXT NOT NULL,
      at INTEGER NOT NULL,
      answer TEXT NOT NULL,
      PRIMARY KEY (actor, key)
    ) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS answer_at ON answer (at)')
  }

  /** The answer that was given; `reused` when the key stood for another request; undefined when it is new. */
  find<Answer>({ actor, key, digest }: Asked, now: number): Answer | 'reused' | undefined {
    const rows = this.#sql.exec<{ digest: string; answer: string }>(
      'SELECT digest, answer FROM answer WHERE actor = ? AND key = ? AND at > ?',
      ...[actor, key, now - KEPT_MS],
    )
    const [row] = [...rows]
    if (row === undefined) return undefined
    return row.digest === digest ? (JSON.parse(row.answer) as Answer) : 'reused'
  }

  /** Keeps an answer, and forgets those that are too old. */
  write({ actor, key, digest }: Asked, answer: object, now: number): void {
    this.#sql.exec('DELETE FROM answer WHERE at <= ?', now - KEPT_MS)
    this.#sql.exec(
      'INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)',
      actor,
      key,
      digest,
      now,
      JSON.stringify(answer),
    )
  }
}
