import type { Rejection, Row } from '../events/row.ts'

/** Of a life, the events with the lowest numbers. */
export interface Lowest {
  readonly count: number
  /** The highest number among them, and when the last of them was received. */
  readonly n: number
  readonly received: number
}

/** The events of a ledger, each under its life and number. Of what is rejected only why is kept. */
export class Recorded {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS event (
      life TEXT NOT NULL,
      n INTEGER NOT NULL,
      received INTEGER NOT NULL,
      at INTEGER NOT NULL,
      rejected TEXT,
      units TEXT,
      flag TEXT, variant TEXT, rule TEXT, reason TEXT, arm TEXT, revision INTEGER,
      name TEXT, value REAL, count INTEGER,
      PRIMARY KEY (life, n)
    ) WITHOUT ROWID`)
  }

  /** Writes those that are not there yet, and gives their numbers. The first of one number is the one that counts. */
  insert(life: string, rows: readonly Row[], received: number): Set<number> {
    const inserted = this.#sql.exec<{ n: number }>(
      `INSERT INTO event
      SELECT ?, value ->> 'n', ?, value ->> 'at', value ->> 'rejected', value ->> 'units',
        value ->> 'flag', value ->> 'variant', value ->> 'rule', value ->> 'reason', value ->> 'arm',
        value ->> 'revision', value ->> 'name', value ->> 'value', value ->> 'count'
      FROM json_each(?) WHERE true ORDER BY key ON CONFLICT DO NOTHING RETURNING n`,
      ...[life, received, JSON.stringify(rows)],
    )
    return new Set(Array.from(inserted, ({ n }) => n))
  }

  /** Which of these numbers are rejected, and why. */
  rejected(life: string, rows: readonly Row[]): Map<number, Rejection> {
    const found = this.#sql.exec<{ n: number; rejected: Rejection }>(
      `SELECT n, rejected FROM event
      WHERE life = ? AND n IN (SELECT value FROM json_each(?)) AND rejected IS NOT NULL`,
      ...[life, JSON.stringify(rows.map(({ n }) => n))],
    )
    return new Map(Array.from(found, ({ n, rejected }) => [n, rejected]))
  }

  lowest(life: string, limit: number): Lowest {
    return this.#sql
      .exec<{ count: number; n: number; received: number }>(
        `SELECT count(*) AS count, coalesce(max(n), 0) AS n, coalesce(max(received), 0) AS received
        FROM (SELECT n, received FROM event WHERE life = ? ORDER BY n LIMIT ?)`,
        ...[life, limit],
      )
      .one()
  }

  /** Forgets the events of a life up to a number. */
  removeUpTo(life: string, n: number): void {
    this.#sql.exec('DELETE FROM event WHERE life = ? AND n <= ?', life, n)
  }
}
