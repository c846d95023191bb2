import type { Outcome } from 'fader'
import type { Trace } from './trace.ts'

/** Of OpenTelemetry: an event of no more than informational weight. */
const INFO = 9
const EVENT = 'feature_flag.evaluation'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string }
}

/** One evaluation as a log record of OTLP, in its JSON form. */
export interface EvaluationRecord {
  readonly timeUnixNano: string
  readonly observedTimeUnixNano: string
  readonly severityNumber: number
  readonly eventName: string
  readonly traceId: string
  readonly spanId?: string
  readonly attributes: readonly Attribute[]
}

/** When and for whom of the operators an evaluation took place. */
interface Occasion {
  readonly trace: Trace
  readonly environment: string
  readonly revision: number
  readonly now: number
}

/**
 * Writes an outcome by the semantic conventions for feature flags.
 *
 * Neither the unit nor the message of an error is in it: both may speak of a person.
 */
export function recordOf(outcome: Outcome, { trace, environment, revision, now }: Occasion): EvaluationRecord {
  const { flag, variant, reason, errorCode } = outcome
  const time = `${now}000000`
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: INFO,
    eventName: EVENT,
    traceId: trace.id,
    ...(trace.parent !== undefined && { spanId: trace.parent }),
    attributes: attributesOf({
      'feature_flag.key': flag,
      'feature_flag.provider.name': 'fader',
      'feature_flag.set.id': environment,
      'feature_flag.version': String(revision),
      'feature_flag.result.variant': variant ?? undefined,
      'feature_flag.result.reason': reason.toLowerCase(),
      'error.type': errorCode?.toLowerCase(),
    }),
  }
}

/** What is posted to a collector: records, and of which worker they are. */
export function logsOf(
  logRecords: readonly EvaluationRecord[],
  { environment, isolate }: { readonly environment: string; readonly isolate: string },
) {
  const attributes = attributesOf({
    'service.name': 'fader',
    'service.instance.id': isolate,
    'deployment.environment.name': environment,
  })
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: { name: 'fader' }, logRecords }] }] }
}

function attributesOf(values: Readonly<Record<string, string | undefined>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: { stringValue: value } }],
  )
}
