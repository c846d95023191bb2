import type { ErrorCode, Outcome } from './types.js'

/** One value is given to everybody who asks, so that nobody may change it. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}

/** The outcome that says that there is no answer. */
export function failure(flag: string, errorCode: ErrorCode, errorMessage: string): Outcome {
  return Object.freeze({ flag, value: null, variant: null, reason: 'ERROR', errorCode, errorMessage })
}
