/** Why an event will never be stored, however often it comes. */
export const rejections = [
  'units',
  'time',
  'kind',
  'flag',
  'variant',
  'rule',
  'reason',
  'arm',
  'revision',
  'name',
  'value',
  'count',
] as const
export type Rejection = (typeof rejections)[number]

/** What a sender says that it will never deliver, by why. What a later sender calls otherwise counts as `other`. */
export const losses = ['consent', 'overflow', 'refused', 'expired', 'other'] as const
export type Loss = (typeof losses)[number]

/** One event as a ledger keeps it: what is absent stays absent. */
export interface Row {
  readonly n: number
  /** When it happened, in milliseconds since 1970, by the clock of the receiver. */
  readonly at: number
  /** Absent where it is stored. Of one that is rejected nothing else is kept. */
  readonly rejected?: Rejection
  /** Whose it is: the keyed hash of each unit by its name, as JSON. */
  readonly units?: string
  readonly flag?: string
  readonly variant?: string
  readonly rule?: string
  readonly reason?: string
  readonly arm?: string
  readonly revision?: number
  readonly name?: string
  readonly value?: number
  readonly count?: number
}

/** What a ledger is told: some events of one life, and what became of others. */
export interface Delivery {
  readonly life: string
  readonly rows: readonly Row[]
  readonly dropped: Readonly<Partial<Record<Loss, number>>>
}

/** What the sender is told. */
export interface Receipt {
  readonly stored: number
  readonly duplicate: number
  readonly rejected: readonly { readonly n: number; readonly reason: Rejection }[]
}
