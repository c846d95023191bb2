import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Watches readers of one flag all the time, and holds each observation against what was published.
 *
 * A reader is `{ name, observe, intervalMs? }`; `observe` takes the flag, and gives `{ revision, isKilled }`, or
 * undefined when there is no answer. `faults` counts what must never be: a revision below one that the same reader has
 * shown; a kill that was seen and is not seen any more, though nobody took it back; and no answer at all.
 */
export class Watch {
  faults = { wentBack: 0, revived: 0, unanswered: 0 }
  /** From one observation of a reader to the next, of those who have no interval of their own: nothing is known finer. */
  gapsMs = []
  #readers
  #intervalMs
  #isRunning = true
  #lanes
  #flag
  #waiting = new Set()

  constructor(readers, { flag, intervalMs }) {
    this.#flag = flag
    this.#readers = readers.map((reader) => ({
      ...reader,
      revision: 0,
      isKilled: false,
      changedAt: 0,
      hasSeenKill: false,
    }))
    this.#intervalMs = intervalMs
    this.#lanes = this.#readers.map((reader, at) => this.#lane(reader, (at / readers.length) * intervalMs))
  }

  async stop() {
    this.#isRunning = false
    await Promise.all(this.#lanes)
  }

  /** From now on another flag is looked at, which everybody shows alive, and whose kill nobody will take back. */
  look(flag) {
    this.#flag = flag
    for (const reader of this.#readers) Object.assign(reader, { isKilled: false, hasSeenKill: false })
  }

  /**
   * Settles when every reader shows the flag so, or when it took too long: with those who came to it, and the instant
   * `at` which each did, and with the names of those who did not.
   */
  async until(isKilled, limitMs) {
    const isThere = (reader) => reader.revision > 0 && reader.isKilled === isKilled
    const end = performance.now() + limitMs
    while (!this.#readers.every(isThere) && performance.now() < end) await this.#next(end)
    const reached = this.#readers.filter(isThere).map(({ name, changedAt }) => ({ name, at: changedAt }))
    const missing = this.#readers.filter((reader) => !isThere(reader)).map(({ name }) => name)
    return { reached, missing }
  }

  #next(end) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, end - performance.now()))
      this.#waiting.add(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async #lane(reader, delayMs) {
    await sleep(delayMs)
    while (this.#isRunning) {
      const began = performance.now()
      const flag = this.#flag
      const seen = await reader.observe(flag).catch(() => undefined)
      // An answer about the flag before says nothing of this one.
      if (flag === this.#flag) this.#record(reader, seen, performance.now())
      await sleep(Math.max(1, (reader.intervalMs ?? this.#intervalMs) - (performance.now() - began)))
    }
  }

  #record(reader, seen, now) {
    if (reader.seenAt !== undefined && reader.intervalMs === undefined) this.gapsMs.push(now - reader.seenAt)
    reader.seenAt = now
    if (seen === undefined) {
      this.faults.unanswered += 1
      return
    }
    if (seen.revision < reader.revision) this.faults.wentBack += 1
    if (reader.hasSeenKill && !seen.isKilled) this.faults.revived += 1
    reader.hasSeenKill ||= seen.isKilled
    reader.revision = seen.revision
    if (seen.isKilled === reader.isKilled && reader.changedAt > 0) return
    reader.isKilled = seen.isKilled
    reader.changedAt = now
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/** An isolate, as whoever asks it for the flag sees it. */
export function isolateReader({ name, url }, { token }) {
  const body = JSON.stringify({ context: { targetingKey: 'u-1' } })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const observe = async (flag) => {
    const { status, text, revision } = await post(`${url}/ofrep/v1/evaluate/flags/${flag}`, { headers, body })
    if (status !== 200) return undefined
    return { revision, isKilled: JSON.parse(text).value === false }
  }
  return { name, observe }
}

function post(url, { headers, body }) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, async (response) => {
      try {
        const chunks = []
        for await (const chunk of response) chunks.push(chunk)
        const revision = Number(response.headers['fader-revision'])
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString(), revision })
      } catch (cause) {
        reject(cause)
      }
    })
    sent.setTimeout(10_000, () => sent.destroy(new Error('no answer')))
    sent.once('error', reject)
    sent.end(body)
  })
}
