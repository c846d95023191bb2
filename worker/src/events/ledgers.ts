import { fingerprintOf } from '../fingerprint.ts'
import { report } from '../log.ts'
import type { Ledger } from '../objects/ledger.ts'
import { Problem } from '../problem.ts'
import { within } from '../within.ts'
import { type Account, add, NO_ACCOUNT } from './account.ts'
import type { Delivery, Receipt } from './row.ts'

/** A ledger's answer takes milliseconds; who waits longer is better told to come again. */
const PATIENCE_MS = 10_000
const COME_AGAIN = { headers: { 'retry-after': '5' } }

/** The methods of a ledger that the worker uses, whether it is near or far. */
export type OneLedger = {
  [Name in 'record' | 'account' | 'life']: (
    ...args: Parameters<Ledger[Name]>
  ) => Promise<Awaited<ReturnType<Ledger[Name]>>>
}

interface LedgersOptions {
  readonly environment: string
  readonly shards: number
  /** A stub is of no use after it failed, so every call takes a new one. */
  readonly ledger: (name: string) => OneLedger
}

/** All ledgers of an environment. Each life is in one of them. */
export class Ledgers {
  readonly #options: LedgersOptions
  #isFailing = false

  constructor(options: LedgersOptions) {
    this.#options = options
  }

  /** Gives the receipt when everything is stored. Throws `ledger-unavailable` when it is not known to be. */
  async record(delivery: Delivery): Promise<Receipt> {
    const recorded = await this.#ask(this.#shardOf(delivery.life), (ledger) => ledger.record(delivery))
    if (recorded !== 'full') return recorded
    this.#tell('a ledger is full until old events are forgotten; senders are told to come again')
    throw new Problem('ledger-unavailable', 'There is no room for more events now.', COME_AGAIN)
  }

  /** The sum over all ledgers. */
  async account(): Promise<Account> {
    const shards = Array.from({ length: this.#options.shards }, (_, shard) => shard)
    const accounts = await Promise.all(shards.map((shard) => this.#ask(shard, (ledger) => ledger.account())))
    return accounts.reduce(add, NO_ACCOUNT)
  }

  /** What is known of one life, or null when that is nothing. */
  async life(life: string): Promise<Awaited<ReturnType<OneLedger['life']>>> {
    return await this.#ask(this.#shardOf(life), (ledger) => ledger.life(life))
  }

  #shardOf(life: string): number {
    return (fingerprintOf(life).a >>> 0) % this.#options.shards
  }

  /** The last part of a name is a number, so that no two environments have a ledger of one name. */
  async #ask<T>(shard: number, question: (ledger: OneLedger) => Promise<T>): Promise<T> {
    try {
      const ledger = this.#options.ledger(`${this.#options.environment}/${shard}`)
      const answer = await within(question(ledger), PATIENCE_MS)
      if (answer !== 'full') this.#isFailing = false
      return answer
    } catch (cause) {
      this.#tell('a ledger does not answer; senders are told to come again', cause)
      throw new Problem(
        'ledger-unavailable',
        'Send the same again shortly; what was stored is not stored twice.',
        COME_AGAIN,
      )
    }
  }

  /** Once for an outage, not once for every request in it. */
  #tell(event: string, cause?: unknown): void {
    if (!this.#isFailing) report(event, cause)
    this.#isFailing = true
  }
}
