import { failure } from './outcome.js'
import { StillClient } from './still.js'
import type { BootstrapAnswer, Client, Context, Outcome, Status, Value } from './types.js'

/** What a flag gives in a test: a value, or an answer with more than that. */
export type TestAnswer = Value | (Partial<BootstrapAnswer> & Required<Pick<BootstrapAnswer, 'value' | 'variant'>>)

export interface TestOptions {
  readonly flags?: Readonly<Record<string, TestAnswer>>
  readonly context?: Context
  readonly environment?: string
  readonly revision?: number
  /** `ready` by default. While it is `starting` or `error` there are no answers. */
  readonly status?: Status
}

/** What was tracked. */
export interface Tracked {
  readonly name: string
  readonly value?: number
}

/**
 * A client in memory: a test says what its flags give, and sees what was recorded. Nobody is asked, and everybody gets
 * the same, whatever the context.
 */
export interface TestClient extends Client {
  /** What was exposed, in the order in which it was met. An answer that is met again is not exposed again. */
  readonly exposed: readonly Outcome[]
  readonly tracked: readonly Tracked[]
  /** Another answer from now on, of a newer revision. Nothing is held, whatever the stability of the flag. */
  set(flag: string, answer: TestAnswer): void
  /** From now on there is no such flag. */
  remove(flag: string): void
  /** As if somebody had killed it: everybody gets the safe value, which of a boolean flag is false by default. */
  kill(flag: string, safe?: TestAnswer): void
  setStatus(status: Status): void
  /** Empties `exposed` and `tracked`. */
  forget(): void
}

/** Makes a client for tests, which needs no WebAssembly, no network and no waiting. */
export function createTestClient(options: TestOptions = {}): TestClient {
  return new MemoryClient(options)
}

class MemoryClient extends StillClient implements TestClient {
  exposed: readonly Outcome[] = []
  tracked: readonly Tracked[] = []
  readonly #listeners = new Set<() => void>()
  readonly #waiting: (() => void)[] = []
  readonly #environment: string
  #revision: number
  #isAgreed = true

  constructor({ flags = {}, context = {}, environment = 'test', revision = 1, status = 'ready' }: TestOptions) {
    super({ environment, revision, context, answers: {} })
    this.#environment = environment
    this.#revision = revision
    this.#stand(status)
    for (const [flag, answer] of Object.entries(flags)) this.outcomes.set(flag, outcomeOf(flag, answer))
  }

  override async ready(): Promise<void> {
    if (this.status === 'starting') await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  override outcome(flag: string): Outcome {
    return this.#hasAnswers ? super.outcome(flag) : this.#refusal(flag)
  }

  override all(): readonly Outcome[] {
    return this.#hasAnswers ? super.all() : NOTHING
  }

  override evaluate(flag: string): Outcome {
    return this.outcome(flag)
  }

  override async identify(context: Context): Promise<void> {
    this.context = context
    this.#notify()
  }

  override expose(flag: string): void {
    const outcome = this.outcome(flag)
    if (!this.#isAgreed || outcome.reason === 'ERROR' || this.exposed.includes(outcome)) return
    this.exposed = [...this.exposed, outcome]
  }

  override track(name: string, value?: number): void {
    if (this.#isAgreed) this.tracked = [...this.tracked, { name, ...(value !== undefined && { value }) }]
  }

  override consent(isGiven: boolean): void {
    this.#isAgreed = isGiven
    if (!isGiven) this.forget()
  }

  override subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  override close(): void {
    this.#listeners.clear()
  }

  set(flag: string, answer: TestAnswer): void {
    this.outcomes.set(flag, outcomeOf(flag, answer))
    this.#turn()
  }

  remove(flag: string): void {
    this.outcomes.delete(flag)
    this.#turn()
  }

  kill(flag: string, safe?: TestAnswer): void {
    if (safe === undefined && typeof this.outcomes.get(flag)?.value !== 'boolean')
      throw new Error(`say what \`${flag}\` gives when it is killed: only a boolean flag is false by default`)
    this.outcomes.set(flag, { ...outcomeOf(flag, safe ?? false), reason: 'DISABLED' })
    this.#turn()
  }

  setStatus(status: Status): void {
    this.#stand(status)
    if (status !== 'starting') for (const go of this.#waiting.splice(0)) go()
    this.#notify()
  }

  forget(): void {
    this.exposed = []
    this.tracked = []
  }

  get #hasAnswers(): boolean {
    return this.status !== 'starting' && this.status !== 'error'
  }

  #refusal(flag: string): Outcome {
    const name = `${this.status} ${flag}`
    const refusal = this.refusals.get(name) ?? failure(flag, 'PROVIDER_NOT_READY', `the status is ${this.status}`)
    this.refusals.set(name, refusal)
    return refusal
  }

  #stand(status: Status): void {
    this.status = status
    this.revision = this.#hasAnswers ? this.#revision : undefined
    this.environment = this.#hasAnswers ? this.#environment : undefined
  }

  #turn(): void {
    this.#revision += 1
    this.#stand(this.status)
    this.everything = undefined
    this.#notify()
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

const NOTHING: readonly Outcome[] = Object.freeze([])

function outcomeOf(flag: string, answer: TestAnswer): Outcome {
  const whole = isAnswer(answer) ? answer : { value: answer, variant: variantOf(answer) }
  return Object.freeze({ reason: 'STATIC', ...whole, flag })
}

/** A value may have a member of either name, but hardly both of them and the one a text. */
function isAnswer(answer: TestAnswer): answer is Exclude<TestAnswer, Value> {
  return typeof answer === 'object' && 'value' in answer && 'variant' in answer && typeof answer.variant === 'string'
}

/** The names that most authors give their variants. */
function variantOf(value: Value): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'object' ? 'only' : String(value)
}
