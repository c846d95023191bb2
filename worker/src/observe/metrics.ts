/** What is measured: for each family its type, what it is in words, and the labels that its samples have. */
export const families = {
  evaluations: { type: 'counter', help: 'Flags that were evaluated for requests', labels: ['by', 'outcome'] },
} as const satisfies Record<string, Family>

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
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
    const samples = this.#samples.get(name) ?? new Map<string, number>()
    this.#samples.set(name, samples)
    const key = JSON.stringify(families[name].labels.map((label: keyof typeof labels) => labels[label]))
    samples.set(key, (samples.get(key) ?? 0) + by)
  }
}
