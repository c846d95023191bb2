import type { Answers } from './answers.js'
import { outcomesOf } from './bootstrap.js'
import { failure } from './outcome.js'
import type { Bootstrap } from './types.js'

/** Answers that somebody wrote down: a server into its page, or the last start into its memory. Throws for none. */
export function recordedAnswers(bootstrap: Bootstrap): Answers {
  const { environment, revision, context } = bootstrap
  const outcomes = outcomesOf(bootstrap)
  return {
    environment,
    revision,
    context,
    outcome: (flag) => outcomes.get(flag) ?? failure(flag, 'FLAG_NOT_FOUND', `there is no answer for \`${flag}\``),
    all: () => [...outcomes.values()],
    free() {},
  }
}
