import type { Metrics } from '../observe/metrics.ts'
import { MIRROR_MARK } from './headers.ts'
import type { Origin, TrafficRoute } from './table.ts'
import { type Outgoing, send } from './upstream.ts'

/** Copies at once, of one isolate. What comes on top is not sent: a slow mirror must not take what visitors need. */
const MOST_AT_ONCE = 32
const LONGEST_MS = 5_000

/** Sends copies of requests that change nothing, and lets nobody wait for them. */
export class Mirror {
  readonly #metrics: Metrics
  #underway = 0

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Sends a copy and drops the answer. Never rejects, and is to be given to `waitUntil`. */
  async copy({ path }: TrafficRoute, origin: Origin, outgoing: Outgoing): Promise<void> {
    const labels = { route: path, origin: origin.name }
    if (this.#underway >= MOST_AT_ONCE) {
      this.#metrics.add('routing_mirrored', { ...labels, status: 'left out' })
      return
    }
    this.#underway += 1
    try {
      const headers = new Headers(outgoing.headers)
      headers.set(MIRROR_MARK, '1')
      const answer = await send(origin, { ...outgoing, headers }, Math.min(origin.timeoutMs, LONGEST_MS))
      const status = answer.kind === 'answered' ? statusClass(answer.response.status) : answer.kind
      this.#metrics.add('routing_mirrored', { ...labels, status })
      if (answer.kind === 'answered') await answer.response.body?.cancel()
    } catch {
      // The answer broke off while it was dropped.
    } finally {
      this.#underway -= 1
    }
  }
}

/** Such as `2xx`. */
export function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`
}

/** A copy of a request that changes something would change it twice. */
export function mayBeMirrored({ method, headers }: Outgoing): boolean {
  return (method === 'GET' || method === 'HEAD') && !headers.has('upgrade')
}
