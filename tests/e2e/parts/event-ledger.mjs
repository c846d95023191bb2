/**
 * Stands where the worker keeps events, in memory: stores each once, answers with receipts, and says at the end what
 * became of all that was numbered.
 */
export class EventLedger {
  /** By life: the stored events by number, how often one came again, and the losses that were told. */
  lives = new Map()
  /** Events that came again as something else, which must never be. */
  conflicts = 0
  batches = 0
  largest = 0

  /** Takes the text of a batch, and gives a receipt. Throws where it is none. */
  take(text) {
    const { format, life, sent, units, events, dropped } = JSON.parse(text)
    const isBatch = format === 1 && /^[\w-]{22}$/.test(life) && Number.isFinite(sent) && typeof dropped === 'object'
    if (!isBatch) throw new Error(`this is no batch: ${text.slice(0, 200)}`)
    this.batches += 1
    this.largest = Math.max(this.largest, Buffer.byteLength(text))
    const account = this.#of(life)
    for (const [loss, count] of Object.entries(dropped)) {
      account.dropped[loss] = Math.max(account.dropped[loss] ?? 0, count)
    }
    const receipt = { stored: 0, duplicate: 0, rejected: [] }
    for (const event of events) this.#store(account, { ...event, units: units[event.units] }, receipt)
    return receipt
  }

  /** Every stored event, as `{ life, n, at, units, exposure?, metric? }`. */
  get events() {
    return [...this.lives].flatMap(([life, { stored }]) => [...stored.values()].map((event) => ({ life, ...event })))
  }

  /**
   * All lives together; `missing` are numbers below the highest one seen of which nobody knows what became.
   * @returns {{ lives: number, stored: number, duplicate: number, dropped: Record<string, number>, missing: number }}
   */
  account() {
    const sum = { lives: this.lives.size, stored: 0, duplicate: 0, dropped: {}, missing: 0 }
    for (const { stored, duplicate, dropped } of this.lives.values()) {
      const lost = Object.values(dropped).reduce((total, count) => total + count, 0)
      sum.stored += stored.size
      sum.duplicate += duplicate
      for (const [loss, count] of Object.entries(dropped)) sum.dropped[loss] = (sum.dropped[loss] ?? 0) + count
      sum.missing += Math.max(0, Math.max(0, ...stored.keys()) - stored.size - lost)
    }
    return sum
  }

  #of(life) {
    const account = this.lives.get(life) ?? { stored: new Map(), duplicate: 0, dropped: {} }
    this.lives.set(life, account)
    return account
  }

  #store(account, event, receipt) {
    if (event.units === undefined || !(event.n > 0)) throw new Error(`this is no event: ${JSON.stringify(event)}`)
    const known = account.stored.get(event.n)
    if (known === undefined) {
      account.stored.set(event.n, event)
      receipt.stored += 1
      return
    }
    if (JSON.stringify(known) !== JSON.stringify(event)) this.conflicts += 1
    account.duplicate += 1
    receipt.duplicate += 1
  }
}
