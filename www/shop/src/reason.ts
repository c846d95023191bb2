import type { Outcome, Value } from 'fader'

/** Why an outcome is what it is, in a few words, and where the visitor stands in the flag's ramp. */
export function reasonOf(outcome: Outcome): string {
  const { arm } = outcome
  return arm === undefined ? decisionOf(outcome) : `${decisionOf(outcome)} ${arms[arm]}`
}

const arms = {
  treated: 'Its ramp has drawn this visitor.',
  control: 'Its ramp has not drawn this visitor yet.',
  outside: 'Its ramp did not draw this visitor.',
}

function decisionOf({ reason, rule, errorCode, errorMessage }: Outcome): string {
  switch (reason) {
    case 'TARGETING_MATCH':
      return rule === undefined ? 'An override names this visitor.' : `Rule “${rule}” holds.`
    case 'SPLIT':
      // A draw that no rule made is that of a holdout.
      return rule === undefined ? 'A holdout keeps this visitor out.' : `Drawn by rule “${rule}”.`
    case 'DEFAULT':
      return 'No rule had a say in it.'
    case 'STATIC':
      return 'It has no rules.'
    case 'DISABLED':
      return 'It is off or killed, so it is the safe variant.'
    case 'CACHED':
      return 'As it was drawn before.'
    case 'ERROR':
      return errorMessage ?? errorCode ?? 'There is no answer.'
  }
}

/** A value as a person reads it. */
export const textOf = (value: Value | null): string => JSON.stringify(value, null, 2)
