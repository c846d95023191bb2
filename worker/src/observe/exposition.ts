import { type FamilyName, familyOf } from './families.ts'

/** What was measured under one set of labels. */
export interface Series {
  /** Of the family's labels, in their order. */
  readonly values: readonly string[]
  /** The count, the gauge, or the sum of a histogram. */
  value: number
  /** How often each bucket of a histogram was met; the last is for what is above all bounds. */
  readonly buckets: number[]
}

type Labels = readonly (readonly [string, string])[]

/** The content type of the text format of Prometheus. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Writes measurements in the text format of Prometheus, each with the isolate that they are of. */
export function exposition(families: ReadonlyMap<FamilyName, ReadonlyMap<string, Series>>, isolate: string): string {
  const lines: string[] = []
  for (const [name, series] of families) {
    const { type, help, labels } = familyOf(name)
    const full = `fader_${name}${type === 'counter' ? '_total' : ''}`
    lines.push(`# HELP ${full} ${escapeHelp(help)}`, `# TYPE ${full} ${type}`)
    for (const one of series.values()) {
      const pairs: Labels = [...labels.map((label, at) => [label, one.values[at] ?? ''] as const), ['isolate', isolate]]
      const samples = type === 'histogram' ? histogram(name, full, one, pairs) : [sample(full, pairs, one.value)]
      lines.push(...samples)
    }
  }
  return `${lines.join('\n')}\n`
}

/** Buckets are cumulative in this format: each has all that the ones below it have. */
function histogram(name: FamilyName, full: string, { buckets, value }: Series, labels: Labels): string[] {
  const bounds = [...(familyOf(name).buckets ?? []).map(String), '+Inf']
  let count = 0
  const lines = bounds.map((bound, at) => {
    count += buckets[at] ?? 0
    return sample(`${full}_bucket`, [...labels, ['le', bound]], count)
  })
  return [...lines, sample(`${full}_sum`, labels, value), sample(`${full}_count`, labels, count)]
}

function sample(name: string, labels: Labels, value: number): string {
  return `${name}{${labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',')}} ${value}`
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}

function escapeHelp(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
}
