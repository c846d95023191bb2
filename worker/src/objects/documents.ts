import { join } from '../body.ts'

/** What is kept of a revision. Only the definition is kept for ever: the rest can be compiled again. */
const documentNames = ['definition', 'edge', 'client', 'reveal'] as const
export type DocumentName = (typeof documentNames)[number]

/** A row holds 2 MB at most, its keys included, so a document lies in as many parts of this size as it needs. */
const PART_BYTES = 1_048_576

/** The documents of all revisions, in the SQLite database of a Durable Object. */
export class Documents {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS part (
      revision INTEGER NOT NULL,
      document TEXT NOT NULL,
      number INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (revision, document, number)
    ) WITHOUT ROWID`)
  }

  #write(revision: number, document: DocumentName, bytes: Uint8Array): void {
    for (let number = 0; number * PART_BYTES < bytes.byteLength; number += 1) {
      const part = bytes.slice(number * PART_BYTES, (number + 1) * PART_BYTES)
      this.#sql.exec('INSERT INTO part VALUES (?, ?, ?, ?)', revision, document, number, part)
    }
  }

  read(revision: number, document: DocumentName): Uint8Array {
    const rows = this.#sql.exec<{ bytes: ArrayBuffer }>(
      'SELECT bytes FROM part WHERE revision = ? AND document = ? ORDER BY number',
      revision,
      document,
    )
    const parts = Array.from(rows, ({ bytes }) => new Uint8Array(bytes))
    return join(
      parts,
      parts.reduce((length, part) => length + part.byteLength, 0),
    )
  }

  /**
   * Writes all documents of a revision, and forgets what was compiled of those before it. To be called in a transaction: a
   * document of which a part is missing is worse than none.
   */
  writeRevision(revision: number, documents: Readonly<Record<DocumentName, Uint8Array>>): void {
    for (const name of documentNames) this.#write(revision, name, documents[name])
    this.#dropCompiledBefore(revision)
  }

  /** Forgets what was compiled of the revisions before this one. */
  #dropCompiledBefore(revision: number): void {
    this.#sql.exec("DELETE FROM part WHERE revision < ? AND document <> 'definition'", revision)
  }
}
