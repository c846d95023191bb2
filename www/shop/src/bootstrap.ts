import type { Context, Value } from 'fader'

/** What the worker put into the page when it served it. */
export interface Bootstrap {
  /** The public key by which this page asks the worker. */
  readonly key: string | undefined
  /** What the worker knows of who looks at the page; absent where another host served it. */
  readonly context: Context | undefined
  /** What the flags give for that context, by their keys. */
  readonly answers: ReadonlyMap<string, Value>
}

/** Reads what was put into the page. A page that another host served has nothing, and does without. */
export function readBootstrap(page: Document): Bootstrap {
  const { key, context, answers } = parse(page.getElementById('fader-bootstrap')?.textContent ?? '')
  return {
    key: typeof key === 'string' && key !== '' ? key : undefined,
    context: isRecord(context) ? (context as Context) : undefined,
    answers: new Map(isRecord(answers) ? Object.entries(answers).flatMap(answerOf) : []),
  }
}

function answerOf([flag, answer]: [string, unknown]): [string, Value][] {
  return isRecord(answer) && answer.value !== undefined && answer.value !== null ? [[flag, answer.value as Value]] : []
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
