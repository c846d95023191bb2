import type { Client, Outcome, Status } from '../types.js'

/** What an SDK knows of a provider that was initialised. */
export type Standing = 'ready' | 'stale' | 'error'

/** How a provider speaks: of its standing, and of flags that give other answers than before. */
export interface Voice {
  standing(standing: Standing): void
  /** Which flags, where that can be known. */
  changed(flags: string[] | undefined): void
}

const STANDINGS: Readonly<Record<Status, Standing>> = {
  starting: 'error',
  ready: 'ready',
  stale: 'stale',
  offline: 'stale',
  error: 'error',
}

/** Watches a client, and says what an SDK does not see by itself: each thing once. */
export class Watch {
  readonly #client: Client
  readonly #voice: Voice
  /** Whether the client has somebody for whom there are answers to compare. */
  readonly #compares: boolean
  readonly #stop: () => void
  #told: Standing = 'error'
  #hushed = 0
  #revision: number | undefined
  #answers: readonly Outcome[] = []

  constructor(client: Client, voice: Voice, { compares }: { compares: boolean }) {
    this.#client = client
    this.#voice = voice
    this.#compares = compares
    this.#stop = client.subscribe(() => this.#look())
  }

  /**
   * Keeps silent while the SDK waits for something, because it says itself what came of it: that it is ready when the
   * promise is fulfilled, and an error when it is rejected. What is otherwise is told after that.
   */
  async during(work: Promise<void>): Promise<void> {
    this.#hushed++
    try {
      await work
      this.#remember('ready')
    } catch (cause) {
      this.#remember('error')
      throw cause
    } finally {
      this.#speakLater()
    }
  }

  /** The same for work that is done at once, after which the SDK takes the provider for ready. */
  atOnce<T>(work: () => T): T {
    this.#hushed++
    try {
      return work()
    } finally {
      this.#remember('ready')
      this.#speakLater()
    }
  }

  close(): void {
    this.#stop()
    this.#hushed = Number.POSITIVE_INFINITY
  }

  /** The SDK hears of a promise in its own time, and must not take back what was said since. */
  #speakLater(): void {
    setTimeout(() => {
      this.#hushed--
      this.#look()
    })
  }

  #look(): void {
    if (this.#hushed > 0) return
    const { status, revision } = this.#client
    const last = this.#told
    const standing = STANDINGS[status]
    const flags = this.#compares ? changed(this.#answers, this.#client.all()) : undefined
    const isChanged = flags ? flags.length > 0 : revision !== this.#revision
    this.#remember(standing)
    if (standing !== last) this.#voice.standing(standing)
    // Who is told that there are answers again asks for them anyway.
    if (isChanged && standing !== 'error' && last !== 'error') this.#voice.changed(flags)
  }

  #remember(standing: Standing): void {
    this.#told = standing
    this.#revision = this.#client.revision
    if (this.#compares) this.#answers = this.#client.all()
  }
}

/** The flags whose answers are others, with those that came or went. */
function changed(before: readonly Outcome[], after: readonly Outcome[]): string[] {
  if (before === after) return []
  const last = new Map(before.map((outcome) => [outcome.flag, outcome]))
  const others = after.filter((outcome) => !isSame(last.get(outcome.flag), outcome)).map(({ flag }) => flag)
  const kept = new Set(after.map(({ flag }) => flag))
  return [...others, ...before.map(({ flag }) => flag).filter((flag) => !kept.has(flag))]
}

function isSame(one: Outcome | undefined, other: Outcome): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
