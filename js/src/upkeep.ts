import type { Answers, Feed } from './answers.js'
import { later } from './backoff.js'
import type { Happening, Recorder } from './events/event.js'
import { recordOf } from './recorded.js'
import { ANSWERS, type Beginning, goodOf } from './start.js'
import type { Client } from './types.js'
import { Updates } from './updates.js'

const DEFAULT_INTERVAL_MS = 30_000
const DEFAULT_SPREAD_MS = 1000
/** What changes in so short a time is written down once. */
const WRITE_AFTER_MS = 100
/** A snapshot that was evaluated for so long is one to go back to. */
const GOOD_AFTER_MS = 10_000

type Refreshed = 'adopted' | 'unchanged' | 'failed'

/** What a client needs besides its first answers, and is loaded after them: what keeps it new, and what remembers. */
export class Upkeep {
  readonly #beginning: Beginning
  readonly #feed: Feed
  readonly #client: Client
  readonly #updates: Updates | undefined
  readonly #recorder: Recorder | undefined
  #answers: Answers | undefined
  #written: Answers | undefined
  #stored: Feed['fetched']
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(beginning: Beginning, feed: Feed, client: Client, recorder?: Recorder) {
    this.#recorder = recorder
    this.#beginning = beginning
    this.#feed = feed
    this.#client = client
    this.#updates = this.#updating()
  }

  /** After an answer: asks again when that is due. */
  schedule(result: Refreshed): void {
    this.#updates?.schedule(result)
  }

  /** There are other answers, or none. */
  changed(answers: Answers | undefined): void {
    this.#answers = answers
    clearTimeout(this.#timer)
    if (this.#beginning.remembers) this.#timer = later(() => this.#remember(), WRITE_AFTER_MS)
  }

  record(happening: Happening): void {
    this.#recorder?.record(happening)
  }

  consent(isGiven: boolean): void {
    this.#recorder?.consent(isGiven)
  }

  async flush(): Promise<void> {
    await this.#recorder?.flush()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#updates?.close()
    this.#recorder?.close()
  }

  #updating(): Updates | undefined {
    const {
      pollIntervalMs = DEFAULT_INTERVAL_MS,
      stream = true,
      spreadMs = DEFAULT_SPREAD_MS,
      url,
    } = this.#beginning.options
    const { source } = this.#feed
    if (url === undefined || source === undefined) return undefined
    return new Updates({
      source,
      intervalMs: pollIntervalMs,
      isStreaming: stream,
      spreadMs,
      revision: () => this.#feed.revision ?? 0,
      refresh: () => this.#client.refresh(),
    })
  }

  /** Writes down what the next start begins with. */
  #remember(): void {
    const answers = this.#answers
    if (answers && answers !== this.#written) {
      this.#written = answers
      this.#beginning.kept.write(ANSWERS, recordOf(answers, this.#client.context))
    }
    const { fetched } = this.#feed
    if (fetched && fetched !== this.#stored) void this.#store(fetched)
  }

  async #store(fetched: NonNullable<Feed['fetched']>): Promise<void> {
    const { options, address } = this.#beginning
    this.#stored = fetched
    await options.snapshots?.write(address, fetched).catch(() => undefined)
    const keep = async () => {
      if (this.#feed.fetched === fetched) await options.snapshots?.write(goodOf(address), fetched)
    }
    later(() => void keep().catch(() => undefined), GOOD_AFTER_MS)
  }
}
