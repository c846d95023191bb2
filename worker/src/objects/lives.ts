import type { Tally } from '../events/account.ts'

/** What is kept of one life beside its events. */
export interface Life extends Tally {
  readonly name: string
  /** When it was heard of first and last, in milliseconds since 1970. */
  readonly first: number
  readonly last: number
  /** No event up to this number is kept any more, so that whichever comes is taken for a duplicate. */
  readonly forgotten: number
  /** When there may be something of it to forget. */
  readonly due: number
}

type Row = Omit<Life, 'rejected' | 'dropped'> & { rejected: string; dropped: string }

/** The lives of a ledger. */
export class Lives {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS life (
      name TEXT PRIMARY KEY,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      forgotten INTEGER NOT NULL,
      due INTEGER NOT NULL,
      highest INTEGER NOT NULL,
      stored INTEGER NOT NULL,
      duplicates INTEGER NOT NULL,
      rejected TEXT NOT NULL,
      dropped TEXT NOT NULL
    ) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS life_due ON life (due)')
  }

  read(name: string): Life | undefined {
    return this.#read('WHERE name = ?', name)[0]
  }

  /** Those of which there may be something to forget, the oldest first. */
  due(now: number, limit: number): Life[] {
    return this.#read('WHERE due <= ? ORDER BY due LIMIT ?', now, limit)
  }

  write({ rejected, dropped, ...life }: Life): void {
    const { name, first, last, forgotten, due, highest, stored, duplicates } = life
    this.#sql.exec(
      'INSERT OR REPLACE INTO life VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[name, first, last, forgotten, due, highest, stored, duplicates],
      ...[JSON.stringify(rejected), JSON.stringify(dropped)],
    )
  }

  remove(name: string): void {
    this.#sql.exec('DELETE FROM life WHERE name = ?', name)
  }

  areThere(): boolean {
    return [...this.#sql.exec('SELECT 1 FROM life LIMIT 1')].length > 0
  }

  #read(which: string, ...values: (string | number)[]): Life[] {
    return Array.from(this.#sql.exec<Row>(`SELECT * FROM life ${which}`, ...values), (row) => ({
      ...row,
      rejected: JSON.parse(row.rejected),
      dropped: JSON.parse(row.dropped),
    }))
  }
}
