import type { Answers, Feed } from './answers.js'
import { later } from './backoff.js'
import type { Happening, Recorder } from './events/event.js'
import { recordOf } from './recorded.js'
import { ANSWERS, type Beginning, goodOf } from './start.js'
import { type Message, Tabs } from './tabs.js'
import type { Client } from './types.js'
import { Updates } from './updates.js'

const DEFAULT_INTERVAL_MS = 30_000
const DEFAULT_SPREAD_MS = 1000
/** What changes in so short a time is written down once. */
const WRITE_AFTER_MS = 100
/** A snapshot that was evaluated for so long is one to go back to. */
const GOOD_AFTER_MS = 10_000

type Refreshed = 'adopted' | 'unchanged' | 'failed'

/** A client, as those see it who keep it new. */
export interface Upkept extends Client {
  /** The feed has what is newer, from elsewhere. */
  adopt(): void
}

/** What a client needs besides its first answers, and is loaded after them: what keeps it new, and what remembers. */
export class Upkeep {
  readonly #beginning: Beginning
  readonly #feed: Feed
  readonly #client: Upkept
  readonly #updates: Updates | undefined
  readonly #tabs: Tabs | undefined
  readonly #recorder: Recorder | undefined
  /** The newest revision that the other tabs know of, as far as this one knows. */
  #told = 0
  #answers: Answers | undefined
  #written: Answers | undefined
  #stored: Feed['fetched']
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(beginning: Beginning, feed: Feed, client: Upkept, recorder?: Recorder) {
    this.#recorder = recorder
    this.#beginning = beginning
    this.#feed = feed
    this.#client = client
    this.#updates = this.#updating()
    if (this.#updates && beginning.hasTabs) this.#tabs = this.#among(this.#updates)
  }

  /** After an answer: asks again when that is due. */
  schedule(result: Refreshed): void {
    this.#updates?.schedule(result)
  }

  /** There are other answers, or none. */
  changed(answers: Answers | undefined): void {
    this.#answers = answers
    this.#tell()
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
    this.#tabs?.close()
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
      isLeading: !this.#beginning.hasTabs,
    })
  }

  #among(updates: Updates): Tabs {
    return new Tabs({
      name: `fader:${this.#beginning.address}`,
      lead: (isLeading) => updates.lead(isLeading),
      hear: (message) => void this.#hear(message, updates).catch(this.#beginning.report),
      current: () => this.#message,
    })
  }

  get #message(): Message | undefined {
    const { revision, fetched } = this.#feed
    return revision === undefined ? undefined : { revision, ...fetched }
  }

  /** A tab that got something newer by itself tells the others. */
  #tell(): void {
    const message = this.#message
    if (!message || message.revision <= this.#told) return
    // What was there at the start is nothing new to anybody.
    const isNews = this.#told > 0 || this.#feed.fetched !== undefined
    this.#told = message.revision
    if (isNews) this.#tabs?.tell(message)
  }

  async #hear({ revision, snapshot, etag, signature }: Message, updates: Updates): Promise<void> {
    const { take, revision: own = 0 } = this.#feed
    if (revision <= own) return
    if (!snapshot || !take) return updates.hear(revision)
    if (!(await take.call(this.#feed, { snapshot, etag, signature }))) return
    // It was told to everybody, and the teller writes it down.
    this.#told = this.#feed.revision ?? 0
    this.#stored = this.#feed.fetched
    this.#client.adopt()
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
    const { snapshots, address } = this.#beginning
    this.#stored = fetched
    await snapshots?.write(address, fetched).catch(() => undefined)
    const keep = async () => {
      if (this.#feed.fetched === fetched) await snapshots?.write(goodOf(address), fetched)
    }
    later(() => void keep().catch(() => undefined), GOOD_AFTER_MS)
  }
}
