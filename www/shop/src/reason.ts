import type { Outcome, Value } from 'fader'

/** Why an outcome is what it is, in a few words. */
export function reasonOf({ reason, rule, errorCode, errorMessage }: Outcome): string {
  switch (reason) {
    case 'TARGETING_MATCH':
      return rule === undefined ? 'An override names this visitor.' : `Rule “${rule}” holds.`
    case 'SPLIT':
      // A draw that no rule made is that of a holdout.
      return rule === undefined ? 'A holdout keeps this visitor out.' : `Drawn by rule “${rule}”.`
    case 'DEFAULT':
      return 'No rule decided, or a flag that it requires says no.'
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
