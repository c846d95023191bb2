import type { Answers, Feed } from './answers.js'
import { failure } from './outcome.js'
import { recordedAnswers } from './recorded.js'
import { Requests, refusal } from './request.js'
import type { StreamSource } from './stream.js'
import type { ClientOptions, Context, ErrorCode, Outcome } from './types.js'

const TIMEOUT_MS = 10_000
/** An isolate may be behind the one that answered before, and is asked again so many times. */
const MOST_TRIES = 3
const TRY_AGAIN_MS = 250

/** What the worker answered for one context. */
interface Told {
  /** The context as it was sent. */
  readonly text: string
  readonly etag: string | undefined
  readonly answers: Answers
  readonly isStale: boolean
}

/** Asks the worker for the answers of a context, over the remote protocol, so that no rule leaves it. */
export class RemoteFeed implements Feed {
  readonly source: StreamSource
  readonly #address: string
  #told: Told | undefined
  /** How many questions were put, and which of them was the last that was answered. */
  #asked = 0
  #heard = 0

  constructor(options: ClientOptions) {
    const requests = new Requests(options)
    this.source = { requests, stream: requests.at(options.paths?.stream ?? 'v1/stream') }
    this.#address = requests.at(options.paths?.answers ?? 'ofrep/v1/evaluate/flags')
  }

  get revision(): number | undefined {
    return this.#told?.answers.revision
  }

  get isStale(): boolean {
    return this.#told?.isStale ?? false
  }

  async refresh(context: Context): Promise<boolean> {
    const before = this.#told
    const told = await this.#ask(context, textOf(context))
    // Where somebody asked later and was answered sooner, or this isolate is behind, it is not what goes on.
    return told === this.#told && told !== before
  }

  answer(context: Context): Answers | Promise<Answers> {
    const text = textOf(context)
    return this.#told?.text === text ? this.#told.answers : this.#newest(context, text)
  }

  close(): void {
    this.source.requests.close()
  }

  async #newest(context: Context, text: string): Promise<Answers> {
    for (let tries = 1; ; tries += 1) {
      const { answers } = await this.#ask(context, text)
      const newest = this.revision ?? 0
      if (answers.revision >= newest) return answers
      if (tries > MOST_TRIES) throw new Error(`${this.#address} is at revision ${answers.revision}, behind ${newest}`)
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * tries))
    }
  }

  /** Answers come in any order. Only what was asked for last goes on, and never a revision below the last one. */
  async #ask(context: Context, text: string): Promise<Told> {
    this.#asked += 1
    const turn = this.#asked
    const told = await this.#fetch(context, text)
    const isNewest = turn > this.#heard && told.answers.revision >= (this.revision ?? 0)
    if (isNewest) {
      this.#heard = turn
      this.#told = told
    }
    return told
  }

  async #fetch(context: Context, text: string): Promise<Told> {
    const { requests } = this.source
    const { signal, done } = requests.patience(this.#address, TIMEOUT_MS)
    try {
      const known = this.#told?.text === text ? this.#told : undefined
      const headers = { 'content-type': 'application/json', ...(known?.etag && { 'if-none-match': known.etag }) }
      const body = `{"context":${text}}`
      const response = await requests.send(this.#address, { method: 'POST', headers, body, signal })
      if (response.status === 304 && known?.etag) {
        await response.body?.cancel()
        return known
      }
      if (response.status !== 200) throw await refusal(this.#address, response)
      const etag = response.headers.get('etag') ?? undefined
      return { text, etag, ...this.#read(await response.text(), context) }
    } finally {
      done()
    }
  }

  #read(body: string, context: Context): Pick<Told, 'answers' | 'isStale'> {
    try {
      const { flags, metadata } = JSON.parse(body) as { flags: readonly Answer[]; metadata: Metadata }
      const { version, flagSetId = '', stale } = metadata
      const answers = Object.fromEntries(flags.map((flag) => [flag.key, outcomeOf(flag)] as const))
      const record = { environment: `${flagSetId}`, revision: revisionOf(version), context, answers }
      return { answers: recordedAnswers(record), isStale: stale === true }
    } catch {
      throw new Error(`${this.#address} answered something else than a revision's answers; is it the worker?`)
    }
  }
}

interface Metadata {
  readonly version?: unknown
  readonly flagSetId?: unknown
  readonly stale?: unknown
}

/** What the protocol says of one flag. */
interface Answer extends Pick<Outcome, 'value' | 'variant' | 'reason'> {
  readonly key: string
  readonly errorCode?: ErrorCode
  readonly errorDetails?: string
  readonly metadata?: Metadata & Partial<Pick<Outcome, 'rule' | 'arm' | 'sticky' | 'stability'>>
}

function revisionOf(version: unknown): number {
  const revision = Number(version)
  if (Number.isSafeInteger(revision) && revision > 0) return revision
  throw new Error('no revision')
}

function outcomeOf({ key, value, variant, reason, errorCode, errorDetails, metadata = {} }: Answer): Outcome {
  if (errorCode || value == null || !variant || !reason)
    return failure(key, errorCode ?? 'GENERAL', errorDetails ?? 'the server gave no value')
  const { rule, arm, sticky, stability } = metadata
  return {
    flag: key,
    value,
    variant,
    reason,
    ...(rule && { rule }),
    ...(arm && { arm }),
    ...(sticky && { sticky }),
    ...(stability && { stability }),
  }
}

/**
 * A context as it is sent: what an engine here would see of it. What is the host's stays here, and the worker must not
 * put a `targetingKey` in place of a user that nobody named.
 */
function textOf(context: Context): string {
  const own = Object.entries(context).filter(([name]) => !name.startsWith('$'))
  return JSON.stringify({ userId: null, ...Object.fromEntries(own) }, seen)
}

/** What JSON has no word for, or turns into a text, is there and cannot be compared with anything. */
function seen(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  return /bigint|function|symbol/.test(typeof value) || this[name] instanceof Date ? {} : value
}
