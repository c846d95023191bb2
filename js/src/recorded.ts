import type { Answers } from './answers.js'
import { failure, freeze } from './snapshot.js'
import type { Bootstrap, Context, Outcome } from './types.js'

/** Answers that somebody wrote down: a server into its page, or the last start into its memory. */
export class RecordedAnswers implements Answers {
  readonly environment: string
  readonly revision: number
  readonly context: Context
  readonly #outcomes = new Map<string, Outcome>()

  /** Throws when it is none. */
  constructor({ environment, revision, context, answers }: Bootstrap) {
    this.environment = environment
    this.revision = revision
    this.context = context
    for (const [flag, answer] of Object.entries(answers)) this.#outcomes.set(flag, freeze({ ...answer, flag }))
  }

  outcome(flag: string): Outcome {
    return this.#outcomes.get(flag) ?? failure(flag, 'FLAG_NOT_FOUND', `there is no flag \`${flag}\` in these answers`)
  }

  all(): readonly Outcome[] {
    return [...this.#outcomes.values()]
  }

  free(): void {}
}

/** Writes answers down. What is no answer is asked for again. */
export function recordOf(answers: Answers, context: Context): Bootstrap {
  const { environment, revision } = answers
  const told = answers
    .all()
    .filter(({ reason }) => reason !== 'ERROR')
    .map(({ flag, ...answer }) => [flag, answer] as const)
  return { environment, revision, context, answers: Object.fromEntries(told) }
}
