/** What is measured: for each family its type, what it is in words, and the labels that its samples have. */
export const families = {
  evaluations: { type: 'counter', help: 'Flags that were evaluated for requests', labels: ['by', 'outcome'] },
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
} as const satisfies Record<string, Family>

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
}

type Name<Type> = {
  [N in keyof typeof families]: (typeof families)[N]['type'] extends Type ? N : never
}[keyof typeof families]
type LabelsOf<N extends keyof typeof families> = Readonly<Record<(typeof families)[N]['labels'][number], string>>

/** The measurements of one isolate, since it began. */
export class Metrics {
  readonly #samples = new Map<keyof typeof families, Map<string, number>>()

  /** Counts something that happened. */
  add<N extends Name<'counter'>>(name: N, labels: LabelsOf<N>, by = 1): void {
    const { samples, key } = this.#at(name, labels)
    samples.set(key, (samples.get(key) ?? 0) + by)
  }

  /** Says how something is now. */
  set<N extends Name<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void {
    const { samples, key } = this.#at(name, labels)
    samples.set(key, value)
  }

  /** Adds one observation to a distribution. */
  observe<N extends Name<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void {
    const { samples, key } = this.#at(name, labels)
    samples.set(key, (samples.get(key) ?? 0) + value)
  }

  #at<N extends keyof typeof families>(name: N, labels: LabelsOf<N>): { samples: Map<string, number>; key: string } {
    const samples = this.#samples.get(name) ?? new Map<string, number>()
    this.#samples.set(name, samples)
    const names: readonly string[] = families[name].labels
    return { samples, key: JSON.stringify(names.map((label) => (labels as Record<string, string>)[label])) }
  }
}
