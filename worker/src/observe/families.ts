/** One thing that is measured: its type, what it is in words, and the labels that its samples have. */
interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Of histograms alone: the upper bounds of the buckets, from the least to the greatest. */
  readonly buckets?: readonly number[]
}

/**
 * What is measured. Whoever measures something adds a line.
 *
 * A label has a value of a short list that is known beforehand: never a unit, a token, an address or a path as it was
 * sent. Each value is a series that every scrape carries, for ever.
 */
export const families = {
  evaluations: { type: 'counter', help: 'Flags that were evaluated for requests', labels: ['by', 'outcome'] },
  requests: { type: 'counter', help: 'Requests that were answered', labels: ['route', 'status'] },
  request_seconds: {
    type: 'histogram',
    help: 'From a request to the head of its answer',
    labels: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
  },
  problems: { type: 'counter', help: 'Requests that failed, by the kind of problem', labels: ['kind'] },
  limits: { type: 'counter', help: 'Requests that met a limit', labels: ['limit'] },
  revision: { type: 'gauge', help: 'The revision that this isolate answers from; 0 for none', labels: [] },
  stale: { type: 'gauge', help: '1 when there may be a newer revision that could not be adopted', labels: [] },
  staleness_seconds: { type: 'gauge', help: 'Since this isolate last knew that it was up to date', labels: [] },
  refreshes: { type: 'counter', help: 'Questions for a newer revision, and what came of them', labels: ['event'] },
  routing_requests: {
    type: 'counter',
    help: 'Requests that were passed on to an origin, by the variant that chose it and what it answered',
    labels: ['route', 'flag', 'variant', 'arm', 'origin', 'status'],
  },
  routing_seconds: {
    type: 'histogram',
    help: 'How long origins took until the head of their answer was there',
    labels: ['route', 'flag', 'variant', 'arm', 'origin'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  routing_fallbacks: {
    type: 'counter',
    help: 'Requests that went to the safe origin because this origin did not answer',
    labels: ['route', 'origin'],
  },
  routing_mirrored: {
    type: 'counter',
    help: 'Copies of requests that were sent to an origin, by what it answered',
    labels: ['route', 'origin', 'status'],
  },
  routing_shed: { type: 'counter', help: 'Requests that were shed', labels: ['route', 'flag'] },
  breaker_open: {
    type: 'gauge',
    help: 'Whether this isolate leaves an origin alone because it failed: 1 or 0',
    labels: ['origin'],
  },
  events: { type: 'counter', help: 'Events of evaluations, and what became of them', labels: ['fate'] },
  recorded: {
    type: 'counter',
    help: 'Events that were sent to be recorded, what became of them, and why they were rejected or shed',
    labels: ['fate', 'why'],
  },
  isolate_started_seconds: { type: 'gauge', help: 'When this isolate began, in seconds since 1970', labels: [] },
} as const satisfies Record<string, Family>

export type FamilyName = keyof typeof families

/** A family as code sees it that works on all of them. */
export const familyOf = (name: FamilyName): Family => families[name]

/** The names of the families of a type. */
export type NameOf<Type> = {
  [N in FamilyName]: (typeof families)[N]['type'] extends Type ? N : never
}[FamilyName]

export type LabelsOf<N extends FamilyName> = Readonly<Record<(typeof families)[N]['labels'][number], string>>
