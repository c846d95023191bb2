import type { StreamSource } from './stream.js'
import type { Context, Explanation, Outcome, Stability, StoredSnapshot } from './types.js'

/** The answers of one revision for one context. What is asked of it once is answered the same ever after. */
export interface Answers {
  readonly environment: string
  readonly revision: number
  readonly context: Context
  /** The same object each time, but for rules that begin or end. */
  outcome(flag: string): Outcome
  all(): readonly Outcome[]
  /** Whether a flag has rules that begin or end, and so has to be asked for at each read. */
  isTimed?(flag: string): boolean
  /** The answer for somebody else, where it can be had at once. */
  evaluate?(flag: string, context: Context): Outcome
  explain?(flag: string): Promise<Explanation>
  free(): void
}

/** Where answers come from: a snapshot that is evaluated here, or a server that evaluates. */
export interface Feed {
  /** Absent until something was had. */
  readonly revision: number | undefined
  /** Whether what it has should have been signed anew by now. */
  readonly isStale?: boolean
  /** What announces newer revisions. */
  readonly source?: StreamSource
  /** What is evaluated, as it came, where that is a snapshot. */
  readonly taken?: StoredSnapshot | undefined
  /** The same, if it was this client that downloaded it. */
  readonly fetched?: StoredSnapshot | undefined
  /** Takes what another tab has, as if it had been downloaded. Gives whether it is newer. */
  take?(stored: StoredSnapshot): Promise<boolean>
  /** Takes what was kept of an earlier start, or came with the program. Never rejects. */
  restore?(): Promise<void>
  /** Asks for a newer revision. Gives false when there is none, and rejects when it could not be had. */
  refresh(context: Context): Promise<boolean>
  /** Answers of the last revision, at once where they can be. Rejects when the server cannot be asked. */
  answer(context: Context): Answers | Promise<Answers>
  close(): void
}

/** What a visitor may be told apart by. All that is in a context is recorded with each event. */
export const UNITS = ['userId', 'deviceId', 'orgId', 'sessionId'] as const

export type Units = Readonly<Partial<Record<(typeof UNITS)[number], string>>>

/** The units of a context: texts, and integers in decimal. Never throws. */
export function unitsOf(context: Context): Units {
  const units: Partial<Record<keyof Units, string>> = {}
  try {
    for (const name of UNITS) {
      const unit = context[name]
      if ((typeof unit === 'string' && unit !== '') || Number.isSafeInteger(unit)) units[name] = String(unit)
    }
  } catch {
    // It is no context, or a getter throws: that is nobody.
  }
  return units
}

/** The stability that a flag declares; a flag that does not say so keeps its value as long as the page lives. */
export const stabilityOf = ({ stability }: Outcome): Stability => stability ?? 'page'
