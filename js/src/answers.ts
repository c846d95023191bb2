import type { Context, Outcome, Stability } from './types.js'

/** The answers of one revision for one context. What is asked of it once is answered the same ever after. */
export interface Answers {
  readonly environment: string
  readonly revision: number
  readonly context: Context
  /** The same object each time, but for rules that begin or end. */
  outcome(flag: string): Outcome
  all(): readonly Outcome[]
  free(): void
}

/** Where answers come from: a snapshot that is evaluated here, or a server that evaluates. */
export interface Feed {
  /** Absent until something was had. */
  readonly revision: number | undefined
  /** Asks for a newer revision. Gives false when there is none, and rejects when it could not be had. */
  refresh(context: Context): Promise<boolean>
  /** Answers of the last revision, at once where they can be. Rejects when the server cannot be asked. */
  answer(context: Context): Answers | Promise<Answers>
  close(): void
}

/** What a visitor may be told apart by. All that is in a context is recorded with each event. */
export const UNITS = ['userId', 'deviceId', 'orgId', 'sessionId'] as const

export type Units = Readonly<Partial<Record<(typeof UNITS)[number], string>>>

/** The units of a context: texts, and integers in decimal. */
export function unitsOf(context: Context): Units {
  const units: Partial<Record<keyof Units, string>> = {}
  for (const name of UNITS) {
    const unit = context[name]
    if (typeof unit === 'string' || Number.isSafeInteger(unit)) units[name] = String(unit)
  }
  return units
}

/** The stability that a flag declares; a flag that does not say so keeps its value as long as the page lives. */
export const stabilityOf = ({ stability }: Outcome): Stability => stability ?? 'page'
