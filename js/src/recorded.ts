import type { Answers } from './answers.js'
import { failure, freeze } from './snapshot.js'
import type { Bootstrap, Outcome } from './types.js'

/** Answers that somebody wrote down: a server into its page, or the last start into its memory. Throws for none. */
export function recordedAnswers({ environment, revision, context, answers }: Bootstrap): Answers {
  const outcomes = new Map<string, Outcome>()
  for (const [flag, answer] of Object.entries(answers)) outcomes.set(flag, freeze({ ...answer, flag }))
  return {
    environment,
    revision,
    context,
    outcome: (flag) => outcomes.get(flag) ?? failure(flag, 'FLAG_NOT_FOUND', `there is no answer for \`${flag}\``),
    all: () => [...outcomes.values()],
    free() {},
  }
}
