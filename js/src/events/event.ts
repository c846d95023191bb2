import type { Units } from '../answers.js'
import type { Outcome } from '../types.js'

/** Something that happened to somebody, as the client hands it over to whoever records. */
export type Happening = Exposed | Measured

interface Happened {
  /** When, in milliseconds since 1970 by the clock of the device. */
  readonly at: number
  readonly units: Units
}

/** Somebody met a flag. */
export interface Exposed extends Happened {
  readonly outcome: Outcome
  readonly revision: number
}

/** Something was measured; without a value it occurred. */
export interface Measured extends Happened {
  readonly name: string
  readonly value?: number
}

/** Why events were not delivered. Each is counted, and the counts are delivered. */
export type Loss = 'consent' | 'overflow' | 'refused' | 'expired'

/** Takes what happened, and sees to it that it arrives. Nothing throws. */
export interface Recorder {
  record(happening: Happening): void
  /** While it is not given nothing is recorded, and what was not sent is dropped. */
  consent(isGiven: boolean): void
  flush(): Promise<void>
  close(): void
}

/** One event as it travels. Its id is the life's and its number, such as `kJ3…Q.17`. */
export interface Event {
  /** Counts from 1 within a life, and has no gaps, so that what is missing can be counted. */
  readonly n: number
  /** In milliseconds since 1970, by the sender's clock. */
  readonly at: number
  /** Whose it is: an index into the batch's `units`. */
  readonly units: number
  readonly exposure?: ExposureEvent
  readonly metric?: MetricEvent
}

export interface ExposureEvent {
  readonly flag: string
  readonly variant: string
  readonly rule?: string
  readonly reason: string
  readonly arm?: 'treated' | 'control' | 'outside'
  readonly revision: number
}

export interface MetricEvent {
  readonly name: string
  readonly value?: number
  /** How often it occurred, where that was more than once since the last batch. Never beside a value. */
  readonly count?: number
}

/** What is posted: some events of one life, which is one page from its load to its end, or one process. */
export interface Batch {
  readonly format: 1
  /** 16 random bytes in base64url. */
  readonly life: string
  /** When it is sent, by the sender's clock, so that the receiver can tell how wrong that is. */
  readonly sent: number
  readonly units: readonly Units[]
  readonly events: readonly Event[]
  /** How many numbers of this life were given and will never be delivered, so far. */
  readonly dropped: Readonly<Partial<Record<Loss, number>>>
}

/** What the worker answers when every event of a batch was stored, or was there already, or is refused for ever. */
export interface Receipt {
  readonly stored: number
  readonly duplicate: number
  readonly rejected: readonly { readonly n: number; readonly reason: string }[]
}
