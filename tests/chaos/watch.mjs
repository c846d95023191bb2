import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Watches readers of one flag all the time, and holds each observation against what was published.
 *
 * A reader is `{ name, observe }`, where `observe` gives `{ revision, isKilled }`, or undefined when it has no answer.
 * `faults` counts what must never be: a revision below one that the same reader has shown; a kill that was seen and is
 * not seen any more, though nobody took it back; and no answer at all.
 */
export class Watch {
  faults = { wentBack: 0, revived: 0, unanswered: 0 }
  observations = 0
  #readers
  #intervalMs
  #isRunning = true
  #lanes
  #mustStayKilled = false
  #waiting = new Set()

  constructor(readers, { intervalMs }) {
    this.#readers = readers.map((reader) => ({ ...reader, revision: 0, isKilled: false, changedAt: 0, hasSeenKill: false }))
    this.#intervalMs = intervalMs
    this.#lanes = this.#readers.map((reader, at) => this.#lane(reader, (at / readers.length) * intervalMs))
  }

  async stop() {
    this.#isRunning = false
    await Promise.all(this.#lanes)
  }

  /** From now on nobody takes the kill back; or, with false, somebody is about to. */
  mustStayKilled(must) {
    this.#mustStayKilled = must
    for (const reader of this.#readers) reader.hasSeenKill = false
  }

  /**
   * Settles when every reader shows the flag so, or when it took too long: with the instant at which the last of those
   * who came to it did, and the names of those who did not.
   */
  async until(isKilled, limitMs) {
    const isThere = (reader) => reader.revision > 0 && reader.isKilled === isKilled
    const end = performance.now() + limitMs
    while (!this.#readers.every(isThere) && performance.now() < end) await this.#next(end)
    const there = this.#readers.filter(isThere)
    const missing = this.#readers.filter((reader) => !isThere(reader)).map(({ name }) => name)
    return { at: Math.max(...there.map(({ changedAt }) => changedAt)), missing }
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
      const seen = await reader.observe().catch(() => undefined)
      this.#record(reader, seen, performance.now())
      await sleep(Math.max(1, (reader.intervalMs ?? this.#intervalMs) - (performance.now() - began)))
    }
  }

  #record(reader, seen, now) {
    this.observations += 1
    if (seen === undefined) {
      this.faults.unanswered += 1
      return
    }
    if (seen.revision < reader.revision) this.faults.wentBack += 1
    if (this.#mustStayKilled && reader.hasSeenKill && !seen.isKilled) this.faults.revived += 1
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
export function isolateReader({ name, url }, { flag, token }) {
  const body = JSON.stringify({ context: { targetingKey: 'u-1' } })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const observe = async () => {
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
