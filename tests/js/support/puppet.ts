import type { Client, Context, Explanation, Outcome, Status } from 'fader'

const NOT_THERE = { value: null, variant: null, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' } as const

/** An outcome of a boolean flag that everybody has. */
export const on = (flag: string, more: Partial<Outcome> = {}): Outcome => ({
  flag,
  value: true,
  variant: 'on',
  reason: 'STATIC',
  ...more,
})

/** A client that is what its test says, moment by moment, and writes down what it is told. */
export class Puppet implements Client {
  status: Status = 'ready'
  revision: number | undefined = 1
  environment: string | undefined = 'test'
  context: Context = {}
  outcomes: readonly Outcome[] = []
  readonly told: unknown[][] = []
  /** Answers for a context are there at once, unless the test lets them in with `answer`. */
  isRemote = false
  readonly #waiting: { readonly context: Context; readonly done: () => void }[] = []
  readonly #listeners = new Set<() => void>()

  constructor(...outcomes: readonly Outcome[]) {
    this.outcomes = outcomes
  }

  /** Is something else from now on, and says so. */
  become(change: Partial<Pick<Puppet, 'status' | 'revision' | 'outcomes' | 'context'>>): void {
    Object.assign(this, change)
    for (const listener of this.#listeners) listener()
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Lets the answers in for the context that was asked for first, or has the question fail. */
  answer(change: Parameters<Puppet['become']>[0] = {}): void {
    const { context, done } = this.#waiting.shift() ?? { context: this.context, done: () => {} }
    this.become({ context, ...change })
    done()
  }

  async ready(): Promise<void> {}

  isOn(flag: string, fallback = false): boolean {
    return this.outcome(flag).value === true || fallback
  }

  variant(): undefined {
    return undefined
  }

  value<T>(_: string, fallback: T): T {
    return fallback
  }

  outcome(flag: string): Outcome {
    return this.outcomes.find((outcome) => outcome.flag === flag) ?? { flag, ...NOT_THERE }
  }

  all(): readonly Outcome[] {
    return this.outcomes
  }

  evaluate(flag: string, context: Context): Outcome {
    this.told.push(['evaluate', flag, context])
    return this.outcome(flag)
  }

  async explain(flag: string): Promise<Explanation> {
    return { ...this.outcome(flag), steps: [] }
  }

  identify(context: Context): Promise<void> {
    this.told.push(['identify', context])
    if (this.isRemote) {
      this.context = context
      return new Promise((done) => this.#waiting.push({ context, done }))
    }
    this.become({ context })
    return Promise.resolve()
  }

  expose(flag: string): void {
    this.told.push(['expose', flag])
  }

  track(...metric: unknown[]): void {
    this.told.push(['track', ...metric])
  }

  consent(): void {}

  async flush(): Promise<void> {}

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async refresh(): Promise<'unchanged'> {
    return 'unchanged'
  }

  close(): void {
    this.told.push(['close'])
  }
}
