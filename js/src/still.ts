import { outcomesOf } from './bootstrap.js'
import { isLike } from './kind.js'
import { failure } from './outcome.js'
import type { Bootstrap, Client, Context, Explanation, Outcome, Status, Value } from './types.js'

/** A client of answers that were given to it: it asks for nothing, and records nothing. For servers that render. */
export class StillClient implements Client {
  environment: string | undefined
  revision: number | undefined
  status: Status
  context: Context
  protected readonly outcomes: Map<string, Outcome>
  /** Who compares by identity must see the same refusal as long as it is the same. */
  protected readonly refusals = new Map<string, Outcome>()
  protected everything: readonly Outcome[] | undefined

  constructor(given: Bootstrap | false | undefined) {
    const bootstrap = given || undefined
    this.environment = bootstrap?.environment
    this.revision = bootstrap?.revision
    this.context = bootstrap?.context ?? {}
    this.status = bootstrap ? 'ready' : 'starting'
    this.outcomes = bootstrap ? outcomesOf(bootstrap) : new Map()
  }

  async ready(): Promise<void> {}

  isOn(flag: string, fallback = false): boolean {
    return this.value(flag, fallback)
  }

  variant(flag: string, fallback?: string): string | undefined {
    this.expose(flag)
    return this.outcome(flag).variant ?? fallback
  }

  value(flag: string, fallback: boolean): boolean
  value(flag: string, fallback: string): string
  value(flag: string, fallback: number): number
  value<T extends Value>(flag: string, fallback: T): T
  value(flag: string, fallback: Value): Value {
    this.expose(flag)
    const { value } = this.outcome(flag)
    return isLike(value, fallback) ? value : fallback
  }

  outcome(flag: string): Outcome {
    const known = this.outcomes.get(flag) ?? this.refusals.get(flag)
    if (known !== undefined) return known
    const code = this.status === 'ready' ? 'FLAG_NOT_FOUND' : 'PROVIDER_NOT_READY'
    const refusal = failure(flag, code, `there is no answer for \`${flag}\``)
    this.refusals.set(flag, refusal)
    return refusal
  }

  all(): readonly Outcome[] {
    this.everything ??= Object.freeze([...this.outcomes.values()])
    return this.everything
  }

  evaluate(flag: string, _context: Context): Outcome {
    return failure(flag, 'PROVIDER_NOT_READY', 'there are answers for one context alone')
  }

  async explain(flag: string): Promise<Explanation> {
    return { ...this.outcome(flag), steps: [] }
  }

  async identify(_context: Context): Promise<void> {}

  expose(_flag: string): void {}

  track(_name: string, _value?: number): void {}

  consent(_isGiven: boolean): void {}

  async flush(): Promise<void> {}

  subscribe(_listener: () => void): () => void {
    return () => {}
  }

  async refresh(): Promise<'adopted' | 'unchanged' | 'failed'> {
    return 'unchanged'
  }

  close(): void {}
}
