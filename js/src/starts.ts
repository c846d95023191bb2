import type { Kept } from './kept.js'

/** After so many starts that ended badly only what did well before is used, and after more of them only what is newer. */
const MOST_DOUBTED = 3
const MOST_TRIED = 6
const NONE = -1
/** Of errors in an endless loop no more are counted. */
const MOST_UNCAUGHT = 1000

interface StartsRecord {
  /** How many starts in a row were not seen to do well. */
  count: number
  /** The revision that the last of them had. */
  on: number
  /** The revision with which one did well last. */
  good?: number
  /** The highest revision that starts did not survive. */
  bad: number
}

/** Counts starts until they are seen to do well, so that a revision that breaks a page does not do so for ever. */
export class Starts {
  readonly #kept: Kept
  readonly record: StartsRecord
  /** What nobody caught, as metrics, until somebody else counts that. */
  readonly uncaught: string[] = []
  #isInUse = false

  constructor(kept: Kept) {
    this.#kept = kept
    this.record = { count: 0, on: NONE, bad: NONE, ...kept.read<StartsRecord>(':starts') }
    this.record.count += 1
    this.write()
    addEventListener('error', () => this.#hurt('fader.error'))
    addEventListener('unhandledrejection', () => this.#hurt('fader.rejection'))
    addEventListener('pagehide', () => this.end())
  }

  /** Whether it has to be judged before anything is shown. */
  get isDoubted(): boolean {
    return this.record.count > MOST_DOUBTED
  }

  /** Whether nothing that was there before does well. */
  get isLost(): boolean {
    return this.record.count > MOST_TRIED
  }

  /** Whether the last snapshot may be one that is not allowed. */
  get isDoubtful(): boolean {
    return this.record.bad !== NONE
  }

  /** False for what was not survived, and in the end for all that is not newer than that. */
  allows(revision: number): boolean {
    const { bad } = this.record
    return this.isLost ? revision > bad : revision !== bad
  }

  /** From now on it is this revision that does well or does not. */
  use(revision: number): void {
    this.#isInUse = true
    this.record.on = revision
    this.write()
  }

  /** Comes to an end, which is a good one unless something was thrown that nobody caught. */
  end(): void {
    if (this.uncaught.length === 0) this.succeed()
  }

  /** Lives, and did so for a while. */
  succeed(): void {
    // Where nothing is allowed, nothing was put to the proof.
    if (!this.#isInUse && this.isLost) return
    this.record.count = 0
    if (this.#isInUse) this.record.good = this.record.on
    this.write()
  }

  #hurt(metric: string): void {
    if (this.uncaught.length < MOST_UNCAUGHT) this.uncaught.push(metric)
  }

  readonly write = (): void => this.#kept.write(':starts', this.record)
}
