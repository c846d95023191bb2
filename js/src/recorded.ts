import type { Answers } from './answers.js'
import { outcomesOf } from './bootstrap.js'
import { failure } from './outcome.js'
import type { Bootstrap, Outcome } from './types.js'

/** Answers that somebody wrote down: a server into its page, or the last start into its memory. Throws for none. */
export const recordedAnswers = (bootstrap: Bootstrap): Answers => answersOf(bootstrap, outcomesOf(bootstrap))

/** Answers that there are all of, by their flags. */
export function answersOf(
  { environment, revision, context }: Pick<Bootstrap, 'environment' | 'revision' | 'context'>,
  outcomes: ReadonlyMap<string, Outcome>,
): Answers {
  return {
    environment,
    revision,
    context,
    outcome: (flag) =>
      outcomes.get(flag) ?? failure(flag, 'FLAG_NOT_FOUND', `there is no answer for \`${String(flag)}\``),
    all: () => [...outcomes.values()],
    free() {},
  }
}
