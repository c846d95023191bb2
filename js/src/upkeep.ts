import type { Answers, Feed, Units } from './answers.js'
import { assign } from './assignments.js'
import { later } from './backoff.js'
import { storeOf } from './cache-store.js'
import type { Happening, Recorder } from './events/event.js'
import { createRecorder } from './events/recorder.js'
import { watchHealth } from './health.js'
import type { Requests } from './request.js'
import type { Beginning } from './start.js'
import { type Message, Tabs } from './tabs.js'
import type { Bootstrap, Client, Context, EventsOptions, Memory, StoredSnapshot } from './types.js'
import { Updates } from './updates.js'

const DEFAULT_INTERVAL_MS = 30_000
const DEFAULT_SPREAD_MS = 1000
/** What changes in so short a time is written down once. */
const WRITE_AFTER_MS = 100
/** A start that lives so long with a revision did well, and its snapshot is one to go back to. */
const PROBATION_MS = 10_000

type Refreshed = 'adopted' | 'unchanged' | 'failed'
type Timer = ReturnType<typeof setTimeout>

/** A client, as far as it is looked after. */
export interface Tended {
  readonly beginning: Beginning
  readonly feed: Feed
  readonly client: Client
  units(): Units
  /** The feed has something newer, which another tab told of. */
  renewed(): Promise<boolean>
}

/** What a client needs besides its first answers, and is loaded after them: what keeps it new, and what remembers. */
export class Upkeep {
  readonly #tended: Tended
  readonly #updates: Updates | undefined
  readonly #recorder: Recorder | undefined
  readonly #tabs: Tabs | undefined
  readonly #stopHealth: () => void
  #answers: Answers | undefined
  #written: Answers | undefined
  #stored: StoredSnapshot | undefined
  /** The revision that other tabs were told of last. */
  #told: number | undefined
  #writing: Timer | undefined
  #proving: Timer | undefined
  #hold: (() => void) | undefined

  constructor(tended: Tended) {
    this.#tended = tended
    const { options, address, isPage } = tended.beginning
    const isShared = options.url !== undefined && (options.tabs ?? isPage)
    this.#updates = updatesOf(tended, !isShared)
    this.#recorder = recorderOf(tended.beginning, tended.feed.source?.requests)
    this.#stopHealth = this.#watchHealth()
    this.#tabs = isShared
      ? new Tabs({
          name: `fader:${address}`,
          lead: (isLeading) => this.#updates?.lead(isLeading),
          hear: (message) => void this.#hear(message),
          current: () => this.#current(),
        })
      : undefined
  }

  /** After an answer: asks again when that is due. */
  schedule(result: Refreshed): void {
    this.#updates?.schedule(result)
  }

  /** There are other answers, or none. */
  changed(answers: Answers | undefined): void {
    const { beginning } = this.#tended
    this.#answers = answers
    if (beginning.isPage) this.#hold ??= holdLock(`fader:${beginning.address}:start`)
    clearTimeout(this.#writing)
    clearTimeout(this.#proving)
    if (!beginning.remembers) return
    this.#writing = later(() => this.#remember(), WRITE_AFTER_MS)
    this.#proving = later(() => this.#prove(), PROBATION_MS)
  }

  record(happening: Happening): void {
    const { kept, remembers, report } = this.#tended.beginning
    if ('outcome' in happening) {
      if (remembers && happening.outcome.sticky) assign(kept, happening.outcome, happening.units)
    } else if (`${happening.name}`.startsWith('fader.')) {
      report(`metrics such as ${happening.name} are the client's own`)
      return
    }
    this.#recorder?.record(happening)
  }

  consent(isGiven: boolean): void {
    this.#recorder?.consent(isGiven)
  }

  async flush(): Promise<void> {
    await this.#recorder?.flush()
  }

  close(): void {
    clearTimeout(this.#writing)
    clearTimeout(this.#proving)
    this.#hold?.()
    this.#tabs?.close()
    this.#updates?.close()
    this.#stopHealth()
    this.#recorder?.close()
  }

  #watchHealth(): () => void {
    const { options, starts } = this.#tended.beginning
    const { health = true } = (typeof options.events === 'object' ? options.events : {}) as EventsOptions
    const recorder = this.#recorder
    if (recorder === undefined || !health) return () => {}
    const record = (name: string, value?: number) =>
      recorder.record({ at: Date.now(), units: this.#tended.units(), name, ...(value !== undefined && { value }) })
    // A page that breaks at its start does so before anybody watches.
    for (const name of starts?.uncaught ?? []) record(name)
    return watchHealth(record)
  }

  /** What this tab has, for the others. */
  #current(): Message | undefined {
    const { revision, taken } = this.#tended.feed
    return revision === undefined ? undefined : { revision, ...taken }
  }

  async #hear({ revision, snapshot, etag, signature }: Message): Promise<void> {
    const { feed, beginning, renewed } = this.#tended
    if (revision <= (feed.revision ?? -1)) return
    if (snapshot === undefined || !feed.take) {
      this.#updates?.hear(revision)
      return
    }
    try {
      if (await feed.take({ snapshot, etag, signature })) await renewed()
    } catch (cause) {
      beginning.report(cause)
    }
  }

  /** Writes down what the next start begins with, and tells the other tabs. */
  #remember(): void {
    const { beginning, client, feed } = this.#tended
    const answers = this.#answers
    if (answers && answers !== this.#written) {
      this.#written = answers
      beginning.kept.write(':answers', recordOf(answers, client.context))
    }
    const { fetched, revision } = feed
    if (fetched && fetched !== this.#stored) {
      this.#stored = fetched
      void this.#store('', fetched).then(() => this.#tell())
    } else if (!fetched && !feed.take && revision !== this.#told) this.#tell()
  }

  #tell(): void {
    const current = this.#current()
    this.#told = current?.revision
    if (current) this.#tabs?.tell(current)
  }

  #prove(): void {
    const { beginning, feed } = this.#tended
    beginning.starts?.succeed()
    this.#hold?.()
    if (beginning.starts && feed.taken) void this.#store(':good', feed.taken)
  }

  async #store(suffix: string, stored: StoredSnapshot): Promise<void> {
    const { options, isPage, address } = this.#tended.beginning
    try {
      await storeOf(options, isPage)?.write(address + suffix, stored)
    } catch {
      // The next start asks the network.
    }
  }
}

/** Has a client looked after. */
export async function tend(tended: Tended): Promise<Upkeep> {
  return new Upkeep(tended)
}

function updatesOf({ beginning, feed, client }: Tended, isLeading: boolean): Updates | undefined {
  const { pollIntervalMs, stream = true, spreadMs, url } = beginning.options
  const { source } = feed
  if (url === undefined || source === undefined) return undefined
  return new Updates({
    source,
    intervalMs: pollIntervalMs ?? DEFAULT_INTERVAL_MS,
    isStreaming: stream,
    spreadMs: spreadMs ?? DEFAULT_SPREAD_MS,
    revision: () => feed.revision ?? 0,
    refresh: () => client.refresh(),
    isLeading,
  })
}

/** Records where that is wanted, and by default where there is a page; nowhere without somebody to send it to. */
function recorderOf({ options, isPage, report }: Beginning, requests: Requests | undefined): Recorder | undefined {
  const { url, key, events = isPage, paths, fetch, memory, consent } = options
  if (url === undefined || !key || !events || !requests) return undefined
  const { flushIntervalMs } = (events === true ? {} : events) as EventsOptions
  return createRecorder({
    address: `${requests.at(paths?.events ?? 'v1/events')}?key=${encodeURIComponent(key)}`,
    memory: memory ?? localMemory(),
    onError: report,
    ...(fetch && { fetch }),
    ...(flushIntervalMs !== undefined && { flushIntervalMs }),
    ...(consent !== undefined && { consent }),
  })
}

/** Holds a lock that each page shares with the others while it starts; `hesitation` counts them. Gives how to end it. */
function holdLock(name: string): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const end = () => ending.abort()
  try {
    // A page that lies in the browser's cache of pages must hold none.
    addEventListener('pagehide', end)
    navigator.locks
      .request(
        name,
        { mode: 'shared' },
        () => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      )
      .catch(() => undefined)
  } catch {
    // Browsers without locks tell nobody how many pages there are.
  }
  return end
}

function localMemory(): Memory | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

/** Writes answers down, as a page brings them. What is no answer is asked for again. */
function recordOf(answers: Answers, context: Context): Bootstrap {
  const { environment, revision } = answers
  const told = answers.all().filter(({ reason }) => reason !== 'ERROR')
  return { environment, revision, context, answers: Object.fromEntries(told.map(({ flag, ...rest }) => [flag, rest])) }
}
