import type { Kept } from './kept.js'

const RECORD = ':starts'
/** After so many starts that ended badly only what did well before is used, and after more of them only what is newer. */
const MOST_DOUBTED = 3
const MOST_TRIED = 6
/** A start that lives so long did well. */
const PROBATION_MS = 10_000
const MOST_BAD = 8

interface StartsRecord {
  /** How many starts in a row were not seen to do well. */
  count: number
  /** The revision that the last of them had. */
  on?: number | undefined
  /** The revision with which one did well last. */
  good?: number | undefined
  /** Revisions that starts did not survive. */
  bad: number[]
}

/** Counts starts until they are seen to do well, so that a revision that breaks a page does not do so for ever. */
export class Starts {
  readonly #kept: Kept
  readonly #record: StartsRecord
  #timer: ReturnType<typeof setTimeout> | undefined
  #isInUse = false
  #isHurt = false

  constructor(kept: Kept) {
    this.#kept = kept
    this.#record = recordOf(kept.read(RECORD))
    const { count, on, good, bad } = this.#record
    const isToBlame = count >= MOST_TRIED || (count >= MOST_DOUBTED && on !== good)
    if (on !== undefined && isToBlame && !bad.includes(on)) this.#record.bad = [...bad, on].slice(-MOST_BAD)
    this.#record.count += 1
    this.#watch()
  }

  /** False for what was not survived, and in the end for all that is not newer than that. */
  allows(revision: number): boolean {
    const { count, bad } = this.#record
    return count > MOST_TRIED ? bad.every((each) => each < revision) : !bad.includes(revision)
  }

  get isDoubtful(): boolean {
    return this.#record.bad.length > 0
  }

  /** From now on it is this revision that does well or does not. */
  use(revision: number): void {
    this.#isInUse = true
    if (revision === this.#record.on && this.#timer) return
    this.#record.on = revision
    this.#watch()
  }

  /** The page, or whoever else started, comes to its end. */
  end(): void {
    if (!this.#isHurt) this.#succeed()
  }

  hurt(): void {
    this.#isHurt = true
  }

  #watch(): void {
    this.#kept.write(RECORD, this.#record)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#succeed(), PROBATION_MS)
  }

  #succeed(): void {
    clearTimeout(this.#timer)
    // Where nothing is allowed, nothing was put to the proof.
    if (this.#isInUse) {
      this.#record.count = 0
      this.#record.good = this.#record.on
    } else if (this.#record.count <= MOST_TRIED) this.#record.count = 0
    this.#kept.write(RECORD, this.#record)
  }
}

/** What is kept may be of any shape. */
function recordOf(kept: Partial<StartsRecord> | undefined): StartsRecord {
  const { count, on, good, bad } = kept ?? {}
  return { count: Number(count) || 0, on, good, bad: Array.isArray(bad) ? bad : [] }
}
