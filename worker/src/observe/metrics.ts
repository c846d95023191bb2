import { exposition, type Series } from './exposition.ts'
import { type FamilyName, familyOf, type LabelsOf, type NameOf } from './families.ts'

/** No family has more series: what comes after them is counted together, under labels that say `other`. */
export const MOST_SERIES = 300
const OTHER = 'other'

/** The measurements of one isolate, since it began. */
export class Metrics {
  /** Tells this isolate's counts from those of others, which begin at 0 as well. */
  readonly isolate: string
  readonly #families = new Map<FamilyName, Map<string, Series>>()

  constructor(isolate: string = crypto.randomUUID().slice(0, 8), now: number = Date.now()) {
    this.isolate = isolate
    this.set('isolate_started_seconds', {}, now / 1000)
  }

  /** Counts something that happened. */
  add<N extends NameOf<'counter'>>(name: N, labels: LabelsOf<N>, by = 1): void {
    this.#series(name, labels).value += by
  }

  /** Says how much there is now of something, or how often something happened that is counted elsewhere. */
  set<N extends NameOf<'gauge' | 'counter'>>(name: N, labels: LabelsOf<N>, value: number): void {
    this.#series(name, labels).value = value
  }

  /** Sorts something that was measured into a bucket. */
  observe<N extends NameOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void {
    const series = this.#series(name, labels)
    const bounds = familyOf(name).buckets ?? []
    const at = bounds.findIndex((bound) => value <= bound)
    const bucket = at < 0 ? bounds.length : at
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
    series.value += value
  }

  /** Everything, in the text format of Prometheus. */
  expose(): string {
    return exposition(this.#families, this.isolate)
  }

  #series<N extends FamilyName>(name: N, labels: LabelsOf<N>): Series {
    const known = this.#families.get(name) ?? new Map<string, Series>()
    this.#families.set(name, known)
    const { labels: names, buckets } = familyOf(name)
    const given = names.map((label) => String((labels as Readonly<Record<string, string>>)[label]))
    const found = known.get(JSON.stringify(given))
    if (found !== undefined) return found
    const values = known.size < MOST_SERIES ? given : names.map(() => OTHER)
    const key = JSON.stringify(values)
    const series = known.get(key) ?? { values, value: 0, buckets: Array(buckets ? buckets.length + 1 : 0).fill(0) }
    known.set(key, series)
    return series
  }
}
