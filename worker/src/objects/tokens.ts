import type { AccessEntry, TokenRecord } from '../access/token.ts'

/** A token, and the digest by which it is known. */
export interface KnownToken {
  readonly digest: string
  readonly record: TokenRecord
}

/** All tokens that were ever made. Of none is more known than its digest. */
export class Tokens {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS token (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      record TEXT NOT NULL
    )`)
  }

  /** Also those that were revoked, newest first. */
  all(): TokenRecord[] {
    return this.#read('ORDER BY rowid DESC').map(({ record }) => record)
  }

  withDigest(digest: string): TokenRecord | undefined {
    return this.#read('WHERE digest = ?', digest)[0]?.record
  }

  withId(id: string): KnownToken | undefined {
    return this.#read('WHERE id = ?', id)[0]
  }

  write({ digest, record }: KnownToken): void {
    this.#sql.exec(
      'INSERT INTO token VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
      ...[record.id, digest, JSON.stringify(record)],
    )
  }

  /** The document `access`, of the tokens that isolates know; also as it will be once a token is written. */
  access(change?: KnownToken): Uint8Array {
    const known = new Map(this.#read('').map((token) => [token.record.id, token]))
    if (change !== undefined) known.set(change.record.id, change)
    // In one order whenever it is made: what is signed now must be the same bytes later.
    const sorted = [...known.values()].sort((one, other) => (one.record.id < other.record.id ? -1 : 1))
    return new TextEncoder().encode(JSON.stringify(sorted.flatMap(entryOf)))
  }

  #read(which: string, ...values: string[]): KnownToken[] {
    const rows = this.#sql.exec<{ digest: string; record: string }>(`SELECT * FROM token ${which}`, ...values)
    return Array.from(rows, ({ digest, record }) => ({ digest, record: JSON.parse(record) }))
  }
}

function entryOf({ digest, record }: KnownToken): AccessEntry[] {
  const { id, kind, origins, expires, revoked } = record
  if (kind === 'admin' || revoked !== undefined) return []
  return [{ id, kind, digest, ...(origins && { origins }), ...(expires !== undefined && { expires }) }]
}
