import { report } from '../log.ts'
import { type Bundle, encodeBundle, type Head } from '../revision/bundle.ts'
import { bundleKey, pointerKey } from '../revision/copy.ts'

/** KV takes one write a second to one key. What is published meanwhile is copied together. */
const BETWEEN_COPIES_MS = 1100
/** After failures the pause doubles, up to this. */
const LONGEST_PAUSE_MS = 60_000
/** So many copies stay, and all that are so young that a reader far away may still be told of them. */
const KEPT = 3
const YOUNG_MS = 10 * 60_000
/** A renewal that came to nothing, because there is no key, is tried again after so long. */
const RETRY_RENEWAL_MS = 3600_000

interface CopiesOptions {
  readonly storage: DurableObjectStorage
  readonly kv: Pick<KVNamespace, 'put' | 'delete'> | undefined
  readonly environment: string
  /** Signs everything anew, as it is. */
  readonly renew: () => Promise<void>
  readonly validityMs: number
  /** The name of the key that signs now. */
  readonly kid: string | undefined
  readonly store: { head(): Head | null; bundle(): Bundle | null }
  readonly now?: () => number
}

/**
 * What a store does by itself, by its alarm: it copies each bundle to KV, for isolates that the store does not answer,
 * and signs anew what would run out, or was signed with a key that is not used any more.
 *
 * Nobody waits for it. What is to be done is told by the database alone, so an alarm that was lost is set again.
 */
export class Copies {
  readonly #options: CopiesOptions
  readonly #sql: SqlStorage
  readonly #now: () => number
  #failures = 0
  #failedAt = 0
  #renewedAt = Number.NEGATIVE_INFINITY
  #isOfOtherKey: boolean

  constructor(options: CopiesOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#sql = options.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS copy (
      issued INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      done INTEGER NOT NULL
    )`)
    const statement = options.store.bundle()?.access.statement
    this.#isOfOtherKey = statement !== undefined && options.kid !== undefined && kidOf(statement) !== options.kid
  }

  /** Sets the alarm for what is to be done next, as far as it is not set so already. */
  async arm(): Promise<void> {
    const { storage } = this.#options
    const due = this.#due()
    if (due === undefined) return
    const at = Math.max(due, this.#now())
    if ((await storage.getAlarm()) !== at) await storage.setAlarm(at)
  }

  /** Does what is due. Never rejects: what failed is due again, later and later. */
  async work(): Promise<void> {
    try {
      await this.#renewWhenDue()
      await this.#copy()
      this.#failures = 0
    } catch (cause) {
      report('a bundle could not be copied or renewed; it is tried again', cause)
      this.#failures += 1
      this.#failedAt = this.#now()
    }
    await this.arm()
  }

  #due(): number | undefined {
    const head = this.#options.store.head()
    if (head === null) return undefined
    const renewal = this.#renewalDue(head)
    const isCopied = this.#options.kv === undefined || this.#copied().issued === head.issued
    const due = isCopied ? renewal : Math.min(renewal, this.#copied().at + BETWEEN_COPIES_MS)
    if (this.#failures === 0) return due
    return Math.max(due, this.#failedAt + Math.min(BETWEEN_COPIES_MS * 2 ** this.#failures, LONGEST_PAUSE_MS))
  }

  #renewalDue({ issued }: Head): number {
    const due = this.#isOfOtherKey ? 0 : issued + this.#options.validityMs / 2
    return Math.max(due, this.#renewedAt + RETRY_RENEWAL_MS)
  }

  async #renewWhenDue(): Promise<void> {
    const head = this.#options.store.head()
    if (head === null || this.#now() < this.#renewalDue(head)) return
    this.#renewedAt = this.#now()
    await this.#options.renew()
    this.#isOfOtherKey = false
  }

  /** First the bundle and then the pointer to it, so that the pointer never names what was not written. */
  async #copy(): Promise<void> {
    const { kv, environment, store } = this.#options
    const [head, bundle] = [store.head(), store.bundle()]
    if (kv === undefined || head === null || bundle === null || this.#copied().issued === head.issued) return
    this.#sql.exec('INSERT OR REPLACE INTO copy VALUES (?, ?, 0)', head.issued, this.#now())
    await kv.put(bundleKey(environment, head.issued), encodeBundle(bundle))
    await kv.put(pointerKey(environment), String(head.issued))
    this.#sql.exec('UPDATE copy SET at = ?, done = 1 WHERE issued = ?', this.#now(), head.issued)
    await this.#dropOld()
  }

  async #dropOld(): Promise<void> {
    const { kv, environment } = this.#options
    const old = this.#sql.exec<{ issued: number }>(
      'SELECT issued FROM copy WHERE at < ? AND issued NOT IN (SELECT issued FROM copy ORDER BY issued DESC LIMIT ?)',
      this.#now() - YOUNG_MS,
      KEPT,
    )
    for (const { issued } of [...old]) {
      await kv?.delete(bundleKey(environment, issued))
      this.#sql.exec('DELETE FROM copy WHERE issued = ?', issued)
    }
  }

  /** The last copy that is whole. */
  #copied(): { issued: number; at: number } {
    const [last] = this.#sql.exec<{ issued: number; at: number }>(
      'SELECT issued, at FROM copy WHERE done = 1 ORDER BY issued DESC LIMIT 1',
    )
    return last ?? { issued: 0, at: 0 }
  }
}

/** The name of the key that a statement says it is signed with. */
function kidOf(statement: string): unknown {
  const [header = ''] = statement.split('.')
  const { kid } = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))) as { kid?: unknown }
  return kid
}
