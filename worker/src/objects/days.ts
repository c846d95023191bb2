import { type Account, add, NO_ACCOUNT } from '../events/account.ts'

/** The sums of the accounts of all lives, by the day on which each began. They stay when lives are forgotten. */
export class Days {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec('CREATE TABLE IF NOT EXISTS day (day TEXT PRIMARY KEY, account TEXT NOT NULL)')
  }

  /** The account of the day on which this instant lies. */
  read(at: number): Account {
    const [row] = this.#sql.exec<{ account: string }>('SELECT account FROM day WHERE day = ?', dayOf(at))
    return row === undefined ? NO_ACCOUNT : JSON.parse(row.account)
  }

  write(at: number, account: Account): void {
    this.#sql.exec('INSERT OR REPLACE INTO day VALUES (?, ?)', dayOf(at), JSON.stringify(account))
  }

  /** All days together. */
  sum(): Account {
    const rows = this.#sql.exec<{ account: string }>('SELECT account FROM day')
    return Array.from(rows, ({ account }): Account => JSON.parse(account)).reduce(add, NO_ACCOUNT)
  }
}

/** In UTC, such as `2026-11-21`. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length)
}
