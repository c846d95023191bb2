import type { StatementAbout } from 'fader'

/** What the store has signed last, document by document. */
export class Statements {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS signed (
      document TEXT PRIMARY KEY,
      issued INTEGER NOT NULL,
      statement TEXT NOT NULL
    )`)
  }

  /** When the latest was signed; 0 when nothing ever was. */
  issued(): number {
    return this.#sql.exec<{ issued: number }>('SELECT coalesce(max(issued), 0) AS issued FROM signed').one().issued
  }

  about(document: StatementAbout): string | undefined {
    const rows = this.#sql.exec<{ statement: string }>('SELECT statement FROM signed WHERE document = ?', document)
    return [...rows][0]?.statement
  }

  write(document: StatementAbout, issued: number, statement: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO signed VALUES (?, ?, ?)', document, issued, statement)
  }
}
