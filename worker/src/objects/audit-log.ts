import { type Entry, type LogHead, NO_ENTRY } from '../revision/audit.ts'

/** An entry has some 70 KiB at most, so that a page stays far below the 32 MiB that a call carries. */
const PAGE = 200

/** Everything that was ever done here, each entry as its exact text. Entries are added, and nothing else. */
export class AuditLog {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS audit (
      seq INTEGER PRIMARY KEY,
      text TEXT NOT NULL,
      hash TEXT NOT NULL
    )`)
  }

  head(): LogHead {
    const rows = this.#sql.exec<{ seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
    const [last] = [...rows]
    return last === undefined ? { length: 0, hash: NO_ENTRY } : { length: last.seq, hash: last.hash }
  }

  /** A page of the texts of those entries that follow one, in their order. */
  page(after: number): string[] {
    const rows = this.#sql.exec<{ text: string }>(
      'SELECT text FROM audit WHERE seq > ? ORDER BY seq LIMIT ?',
      after,
      PAGE,
    )
    return Array.from(rows, ({ text }) => text)
  }

  write({ seq, text, hash }: Entry): void {
    this.#sql.exec('INSERT INTO audit VALUES (?, ?, ?)', seq, text, hash)
  }
}
