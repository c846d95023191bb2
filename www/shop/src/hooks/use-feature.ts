import type { Value } from 'fader'
import { useFlag } from 'fader/react'
import type { Flag } from '../flags.ts'

/** What a flag decides, as the components take it. It is asked for where it is shown, so that it counts as seen there. */
export function useFeature<T>({ key, fallback, safe, read }: Flag<T>): T {
  return read(useFlag<Value>(key, fallback)) ?? safe
}
