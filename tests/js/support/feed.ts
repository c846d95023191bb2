import type { Answers, Feed } from '../../../js/dist/answers.js'
import { FlagClient } from '../../../js/dist/client.js'
import { failure } from '../../../js/dist/outcome.js'
import type { ClientOptions, Context, Outcome } from '../../../js/dist/types.js'

export type Flags = Readonly<Record<string, Partial<Outcome>>>

/** Answers of one revision for one context; each flag gives what it is said to. */
export function answersOf(revision: number, context: Context, flags: Flags): Answers {
  const outcomes = new Map(
    Object.entries(flags).map(([flag, said]) => [
      flag,
      { flag, value: true, variant: 'on', reason: 'STATIC', ...said } as Outcome,
    ]),
  )
  return {
    environment: 'test',
    revision,
    context,
    outcome: (flag) => outcomes.get(flag) ?? failure(flag, 'FLAG_NOT_FOUND', 'there is no such flag'),
    all: () => [...outcomes.values()],
    free() {},
  }
}

/** A feed that a test tells what it has: at once, or when the test says so. */
export class TestFeed implements Feed {
  revision: number | undefined
  flags: (context: Context) => Flags = () => ({})
  /** Where it answers later, the questions that wait. */
  readonly waiting: { context: Context; answer(): void; fail(): void }[] = []
  isLate = false
  isBroken = false

  /** From now on this is the newest revision. */
  publish(revision: number, flags: Flags | ((context: Context) => Flags)): void {
    this.#next = { revision, flags: typeof flags === 'function' ? flags : () => flags }
  }

  #next: { revision: number; flags: (context: Context) => Flags } | undefined

  async refresh(): Promise<boolean> {
    if (this.isBroken) throw new Error('it is broken')
    const next = this.#next
    if (next === undefined || next.revision === this.revision) return false
    this.revision = next.revision
    this.flags = next.flags
    return true
  }

  answer(context: Context): Answers | Promise<Answers> {
    const answers = () => answersOf(this.revision ?? 0, context, this.flags(context))
    if (!this.isLate) return answers()
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error('it cannot be asked'))
      this.waiting.push({ context, answer: () => resolve(answers()), fail })
    })
  }

  close(): void {}
}

/** A client of such a feed. */
export function clientOf(feed: Feed, options: ClientOptions = {}): FlagClient {
  return new FlagClient({ pollIntervalMs: 0, ...options }, () => feed)
}
