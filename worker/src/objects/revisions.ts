import type { HistoryEntry, Operation } from '../operate/operation.ts'

/** What is kept of a revision beside its documents. */
export interface Revision extends Omit<HistoryEntry, 'published'> {
  /** In milliseconds since 1970. */
  readonly published: number
  /** SHA-256 of the definition, in lowercase hex; empty of revisions that an earlier version made. */
  readonly digest: string
}

type Row = Omit<Revision, 'operation' | 'changes'> & { operation: string; changes: string }

const PAGE = 100

/** Columns that came later, for a database from before. */
const ADDED = [
  "digest TEXT NOT NULL DEFAULT ''",
  "by TEXT NOT NULL DEFAULT ''",
  "byId TEXT NOT NULL DEFAULT ''",
  "why TEXT NOT NULL DEFAULT ''",
  "operation TEXT NOT NULL DEFAULT 'define'",
  "changes TEXT NOT NULL DEFAULT '[]'",
  'changeCount INTEGER NOT NULL DEFAULT 0',
]

/** All revisions: when, by whom, why, and what they changed. */
export class Revisions {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS revision (
      revision INTEGER PRIMARY KEY,
      published INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      flags INTEGER NOT NULL
    )`)
    const known = new Set(Array.from(sql.exec<{ name: string }>('PRAGMA table_info(revision)'), ({ name }) => name))
    for (const column of ADDED) {
      const [name = ''] = column.split(' ')
      if (!known.has(name)) sql.exec(`ALTER TABLE revision ADD COLUMN "${name}" ${column.slice(name.length)}`)
    }
  }

  /** The number of the latest, 0 before the first: every isolate asks for it all the time. */
  latestNumber(): number {
    return this.#sql.exec<{ latest: number }>('SELECT coalesce(max(revision), 0) AS latest FROM revision').one().latest
  }

  latest(): Revision | undefined {
    return this.#read('ORDER BY revision DESC LIMIT 1')[0]
  }

  /** A page of revisions, newest first, all of them before the one that is given. */
  page(before: number): Revision[] {
    return this.#read('WHERE revision < ? ORDER BY revision DESC LIMIT ?', before, PAGE)
  }

  write({ revision, published, bytes, flags, digest, changes, changeCount, ...told }: Revision): void {
    const { by, byId, why, operation } = told
    this.#sql.exec(
      `INSERT INTO revision (revision, published, bytes, flags, digest, "by", byId, why, operation, changes, changeCount)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[revision, published, bytes, flags, digest, by, byId, why, operation, JSON.stringify(changes), changeCount],
    )
  }

  #read(which: string, ...values: number[]): Revision[] {
    return Array.from(this.#sql.exec<Row>(`SELECT * FROM revision ${which}`, ...values), (row) => ({
      ...row,
      operation: row.operation as Operation['kind'],
      changes: JSON.parse(row.changes),
    }))
  }
}
