import type { ErrorCode, FlagMetadata, ResolutionDetails } from '@openfeature/core'
import { isLike } from '../kind.js'
import type { Outcome, Value } from '../types.js'

/** What an outcome is of, as the remote protocol tells it. */
interface Origin {
  readonly revision: number | undefined
  readonly environment: string | undefined
}

/** An outcome in OpenFeature's words. Where it has no value of the type that is asked for, the default is given. */
export function detailsOf<T>(outcome: Outcome, fallback: T, origin: Origin): ResolutionDetails<T> {
  const { value, variant, reason, errorCode, errorMessage = '' } = outcome
  const flagMetadata = metadataOf(outcome, origin)
  if (errorCode || value === null || variant === null)
    return { ...refusal(fallback, errorCode ?? 'GENERAL', errorMessage), flagMetadata }
  if (!isWanted(value, fallback)) {
    const message = `the values of \`${outcome.flag}\` are of another type than the default`
    return { ...refusal(fallback, 'TYPE_MISMATCH', message), flagMetadata }
  }
  return { value: value as T, variant, reason, flagMetadata }
}

/** Says that there is no answer, and why. */
export function refusal<T>(value: T, errorCode: string, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: 'ERROR', errorCode: errorCode as ErrorCode, errorMessage }
}

function metadataOf({ rule, arm, sticky, stability }: Outcome, { revision, environment }: Origin): FlagMetadata {
  return {
    ...(revision !== undefined && { version: String(revision) }),
    ...(environment !== undefined && { flagSetId: environment }),
    ...(rule && { rule }),
    ...(arm && { arm }),
    ...(sticky && { sticky }),
    ...(stability && { stability }),
  }
}

/** A default of null says nothing but that an object is meant. */
function isWanted(value: Value, fallback: unknown): boolean {
  return fallback === null ? typeof value === 'object' : isLike(value, fallback as Value)
}
