import type { Outcome } from 'fader'
import type { WaitUntil } from '../call.ts'
import type { EventSettings, Settings } from '../env.ts'
import { report } from '../log.ts'
import type { Metrics } from './metrics.ts'
import type { Observation } from './observation.ts'
import { type EvaluationRecord, logsOf, recordOf } from './otlp.ts'
import { isSampled } from './trace.ts'

/** Of one request; a request for all flags of a large environment has more, and the rest is dropped. */
const MOST_EVENTS = 1000
/** A collector that is slow must not fill the isolate with what waits for it. */
const MOST_AT_ONCE = 8
const PATIENCE_MS = 5000

/**
 * Tells a collector which flags were evaluated with what outcome, for a sample of all traces.
 *
 * Whose context it was is not told, in no form. What cannot be sent is counted and forgotten: answers never wait for it.
 */
export class EvaluationEvents {
  readonly #settings: EventSettings | undefined
  readonly #environment: string
  readonly #metrics: Metrics
  readonly #now: () => number
  readonly #waiting = new WeakMap<Observation, EvaluationRecord[]>()
  #sending = 0
  #isFailing = false

  constructor({ events, environment }: Settings, metrics: Metrics, now: () => number = Date.now) {
    this.#settings = events
    this.#environment = environment
    this.#metrics = metrics
    this.#now = now
  }

  /** Notes outcomes of a request, when its trace is in the sample. */
  add(observation: Observation, outcomesOf: () => readonly Outcome[], revision: number): void {
    if (this.#settings === undefined || !isSampled(observation.trace, this.#settings.ratio)) return
    const { trace } = observation
    const outcomes = outcomesOf()
    const waiting = this.#waiting.get(observation) ?? []
    this.#waiting.set(observation, waiting)
    const now = this.#now()
    const taken = outcomes.slice(0, MOST_EVENTS - waiting.length)
    waiting.push(...taken.map((outcome) => recordOf(outcome, { trace, revision, now, environment: this.#environment })))
    this.#count('dropped', outcomes.length - taken.length)
  }

  /** Sends what was noted of a request, after its answer. */
  flush(observation: Observation, waitUntil: WaitUntil): void {
    if (this.#settings === undefined) return
    const records = this.#waiting.get(observation)
    this.#waiting.delete(observation)
    if (records === undefined || records.length === 0) return
    if (this.#sending >= MOST_AT_ONCE) this.#count('dropped', records.length)
    else waitUntil(this.#send(this.#settings.url, records))
  }

  async #send(url: string, records: readonly EvaluationRecord[]): Promise<void> {
    this.#sending += 1
    try {
      const body = JSON.stringify(logsOf(records, { environment: this.#environment, isolate: this.#metrics.isolate }))
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE_MS) })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`the collector answered ${response.status}`)
      this.#isFailing = false
      this.#count('sent', records.length)
    } catch (cause) {
      this.#count('failed', records.length)
      // Once for an outage, not once for every request in it.
      if (!this.#isFailing) report('events cannot be sent; they are dropped', cause)
      this.#isFailing = true
    } finally {
      this.#sending -= 1
    }
  }

  #count(fate: 'sent' | 'failed' | 'dropped', events: number): void {
    if (events > 0) this.#metrics.add('events', { fate }, events)
  }
}
