import type { Kept } from './kept.js'

/** After so many starts that ended badly only what did well before is used, and after more of them only what is newer. */
const MOST_DOUBTED = 3
const MOST_TRIED = 6
/** A start that lives so long with a revision did well, and its snapshot is one to go back to. */
export const PROBATION_MS = 10_000
const NONE = -1

interface StartsRecord {
  /** How many starts in a row ended badly. */
  count: number
  /** The revision that the last of them had. */
  on: number
  /** The revision with which one did well last. */
  good?: number
  /** The highest revision that starts did not survive. */
  bad: number
  /** When those began that have neither done well nor ended yet, as far as anybody knows. */
  lives: Record<string, number>
}

/**
 * Counts starts that ended badly, so that a revision that breaks a page does not do so for ever. A start is a page, with
 * all its clients; those of other tabs may still live, and are not counted before their time is over.
 */
export class Starts {
  readonly #kept: Kept
  readonly #life = `${performance.timeOrigin}`
  /** How many had ended badly, and with what, when this one began. */
  readonly #count: number
  readonly #bad: number
  #on = NONE
  #isHurt = false

  constructor(kept: Kept, session: Kept) {
    this.#kept = kept
    const last = session.read<string>(':life')
    const now = Date.now()
    const { count, bad } = this.#change((record) => {
      for (const [life, began] of Object.entries(record.lives)) {
        const mayLive = life === this.#life || (life !== last && began <= now && now < began + PROBATION_MS)
        if (mayLive) continue
        record.count += 1
        delete record.lives[life]
      }
      const { count, on, good } = record
      if (count >= MOST_TRIED || (count >= MOST_DOUBTED && on !== good)) record.bad = Math.max(record.bad, on)
      record.lives[this.#life] ??= now
    })
    this.#count = count
    this.#bad = bad
    session.write(':life', this.#life)
    addEventListener('error', () => {
      this.#isHurt = true
    })
    addEventListener('pagehide', () => this.end())
  }

  /** Whether the last snapshot may be one that is not allowed. */
  get isDoubtful(): boolean {
    return this.#bad !== NONE
  }

  /** False for what was not survived, and in the end for all that is not newer than that. */
  allows(revision: number): boolean {
    return this.#count >= MOST_TRIED ? revision > this.#bad : revision !== this.#bad
  }

  /** From now on it is this revision that does well or does not. */
  use(revision: number): void {
    this.#on = revision
    this.#change((record) => {
      record.on = revision
    })
  }

  /** Comes to an end, which is a good one unless something was thrown that nobody caught. */
  end(): void {
    if (!this.#isHurt) this.succeed()
  }

  /** Lives, and did so for a while. */
  succeed(): void {
    this.#change((record) => {
      delete record.lives[this.#life]
      // Where nothing is allowed, nothing was put to the proof.
      if (this.#on === NONE) return
      record.count = 0
      record.good = this.#on
    })
  }

  /** Other tabs write there, too. */
  #change(work: (record: StartsRecord) => void): StartsRecord {
    const record: StartsRecord = {
      count: 0,
      on: NONE,
      bad: NONE,
      lives: {},
      ...this.#kept.read<StartsRecord>(':starts'),
    }
    record.lives = { ...record.lives }
    work(record)
    this.#kept.write(':starts', record)
    return record
  }
}
