import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { Account } from '../events/account.ts'
import type { Delivery, Receipt } from '../events/row.ts'
import { Book, type LifeAccount } from './book.ts'

/** How often a ledger looks for what it may forget, and how soon again where that was too much for one time. */
const LOOK_MS = 3600_000
const LOOK_AGAIN_MS = 1000

/**
 * The events of some lives of an environment, each of them once.
 *
 * What it has answered is stored: the platform holds an answer back until what was written before it is safe.
 */
export class Ledger extends DurableObject<Env> {
  readonly #book: Book
  #isArmed = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#book = new Book(ctx.storage)
  }

  /** Stores what is new of a delivery, in one transaction with its account. `full` when there is no room for it. */
  async record(delivery: Delivery): Promise<Receipt | 'full'> {
    const receipt = this.#book.record(delivery)
    await this.#arm()
    return receipt
  }

  /** What became of all events of the lives that are here. */
  account(): Account {
    return this.#book.account()
  }

  /** What became of the events of one life; null when none is known. */
  life(life: string): LifeAccount | null {
    return this.#book.life(life)
  }

  override async alarm(): Promise<void> {
    const left = this.#book.forget()
    const pauseMs = { never: undefined, later: LOOK_MS, now: LOOK_AGAIN_MS }[left]
    this.#isArmed = pauseMs !== undefined
    if (pauseMs !== undefined) await this.ctx.storage.setAlarm(Date.now() + pauseMs)
  }

  async #arm(): Promise<void> {
    if (this.#isArmed) return
    this.#isArmed = true
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + LOOK_MS)
  }
}
